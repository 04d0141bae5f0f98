// SPDX-License-Identifier: Apache-2.0
import Archive

/// `daybook archive list`.
enum ArchiveListCommand {
  static func run(_ context: CommandContext) throws(Fault) -> ExitCode {
    let directory: String
    if let operand = context.operands.first {
      directory = operand
    } else {
      directory = try context.settings.required(Options.archiveDirectory)
    }
    let paths: [String]
    do throws(ArchiveError) { paths = try Manifest.paths(in: directory) } catch {
      throw Fault(error)
    }
    var found: [(path: String, manifest: Manifest)] = []
    for path in paths {
      do throws(ArchiveError) {
        found.append((path, try Manifest.read(path)))
      } catch {
        context.say(error.message)
      }
    }
    try context.list(
      Table(ArchiveReport.columns, rows: found.map { ArchiveReport.row($0.manifest) }),
      json: found.map { .object(ArchiveReport.members($0.manifest, path: $0.path)) })
    return found.count == paths.count ? .success : .checkFailed
  }
}
