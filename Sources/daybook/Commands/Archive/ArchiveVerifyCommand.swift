// SPDX-License-Identifier: Apache-2.0
import Archive
import Files
import Sysexits

/// `daybook archive verify`: says for each archive whether it is good, and goes on after a bad one.
enum ArchiveVerifyCommand {
  static func run(_ context: CommandContext) throws(CommandError) -> ExitCode {
    var isGood = true
    var results: [JSONValue] = []
    for operand in context.operands {
      let path = Manifest.path(for: operand)
      let progress = Progress("verifying \(operand)", unit: "rows")
      let result: Result<Manifest, FileError>
      do throws(FileError) {
        result = .success(
          try ArchiveVerification.run(manifestPath: path) {
            progress.update($0.rows, of: $0.rowsExpected)
          })
      } catch {
        result = .failure(error)
        isGood = false
      }
      progress.finish()
      if context.wantsJSON {
        results.append(json(result, path))
      } else {
        try context.output.line(line(result, path))
      }
    }
    if context.wantsJSON { try context.output.line(JSONValue.array(results).text) }
    return isGood ? .success : .checkFailed
  }

  private static func line(_ result: Result<Manifest, FileError>, _ path: String) -> String {
    switch result {
    case .success(let manifest):
      "ok: \(path): \(Progress.grouped(manifest.rowCount)) rows of \(manifest.partition)"
    case .failure(let error):
      "bad: \(path): \(error.message)"
    }
  }

  private static func json(_ result: Result<Manifest, FileError>, _ path: String) -> JSONValue {
    switch result {
    case .success(let manifest):
      return .object(
        [JSONValue.Member(name: "good", value: .boolean(true))]
          + ArchiveReport.members(manifest, path: path))
    case .failure(let error):
      var position: JSONValue = .null
      if case .damaged(let found?) = error.kind {
        position = .object([
          "frame": .integer(found.frame), "file_offset": .integer(found.fileOffset),
          "content_offset": .integer(found.contentOffset),
          "row": found.row.map { .integer($0) } ?? .null,
        ])
      }
      return .object([
        "good": .boolean(false), "manifest": .string(path), "reason": .string(error.message),
        "position": position,
      ])
    }
  }
}
