// SPDX-License-Identifier: Apache-2.0
import Archive
import Files
import Sysexits

/// `daybook archive list`.
enum ArchiveListCommand {
  static func run(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let directory: String
    if let operand = context.operands.first {
      directory = operand
    } else {
      directory = try context.settings.required(Options.archiveDirectory)
    }
    let paths: [String]
    do throws(FileError) { paths = try Manifest.paths(in: directory) } catch {
      throw CommandError(error)
    }
    var found: [(path: String, manifest: Manifest)] = []
    for path in paths {
      do throws(FileError) {
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
