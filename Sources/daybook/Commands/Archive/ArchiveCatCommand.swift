// SPDX-License-Identifier: Apache-2.0
import Archive
import Files
import Sysexits

/// `daybook archive cat`.
enum ArchiveCatCommand {
  static func run(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let path = Manifest.path(for: context.operands[0])
    let wantsCopy = context.settings.text(ArchiveOptions.format) == "copy"
    guard !wantsCopy || !context.output.isTerminal else {
      throw CommandError(
        .usage, "the binary stream would garble the terminal: redirect it, or use --format ndjson")
    }
    do throws(FileError) {
      if wantsCopy {
        try unsafe read(path) { (content) throws(FileError) in
          try unsafe write(content, context.output)
        }
      } else {
        var printer = RowPrinter(try Manifest.read(path))
        try unsafe read(path) { (content) throws(FileError) in
          try unsafe printer.print(content) { (lines) throws(FileError) in
            try unsafe write(lines, context.output)
          }
        }
      }
    } catch {
      throw CommandError(error)
    }
    return .success
  }

  private static func read(
    _ path: String, _ consume: (UnsafeRawBufferPointer) throws(FileError) -> Void
  ) throws(FileError) {
    _ = try unsafe ArchiveVerification.read(
      manifestPath: path, progress: { _ in }, consume: consume)
  }

  private static func write(
    _ bytes: UnsafeRawBufferPointer, _ output: Output
  ) throws(FileError) {
    do throws(CommandError) { try unsafe output.write(bytes: bytes) } catch {
      throw FileError(.inputOutput, error.message)
    }
  }
}
