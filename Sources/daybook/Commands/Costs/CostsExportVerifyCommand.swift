// SPDX-License-Identifier: Apache-2.0
import Archive
import Books
import Files
import Sysexits

/// `daybook costs export verify`: says for each export whether it is what was written.
enum CostsExportVerifyCommand {
  static let declaration = CommandDeclaration(
    ["costs", "export", "verify"], "compare exports with their manifests",
    operands: "MANIFEST…", count: 1...1_000, options: [Options.json],
    details: """
      Reads each file again and compares digest, bytes, rows and the exact sums with its
      manifest. Needs no database. Exit code 1 when one is not what was written.
      """,
    examples: [
      ("daybook costs export verify 2026-08.csv.manifest.json", "check one"),
      ("daybook costs export verify /exports/*.manifest.json", "check all"),
    ], run: run)

  private static func run(_ context: CommandContext) throws(CommandError) -> ExitCode {
    var isGood = true
    var results: [JSONValue] = []
    for path in context.operands {
      let progress = Progress("verifying \(path)", unit: "bytes")
      let line: String
      do throws(FileError) {
        let manifest = try ExportVerification.run(manifestPath: path) {
          progress.update($0, of: $1)
        }
        results.append(ExportReport.json(manifest, path))
        line = "ok: \(path): \(ExportReport.line(manifest))"
      } catch {
        isGood = false
        results.append(.object(["manifest": .string(path), "reason": .string(error.message)]))
        line = "bad: \(path): \(error.message)"
      }
      progress.finish()
      if !context.wantsJSON { try context.output.line(line) }
    }
    if context.wantsJSON { try context.output.line(JSONValue.array(results).text) }
    return isGood ? .success : .checkFailed
  }
}
