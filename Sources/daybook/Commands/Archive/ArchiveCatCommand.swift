// SPDX-License-Identifier: Apache-2.0
import Archive

/// `daybook archive cat`.
enum ArchiveCatCommand {
  static func run(_ context: CommandContext) throws(Fault) -> ExitCode {
    let path = Manifest.path(for: context.operands[0])
    let wantsCopy = context.settings.text(ArchiveOptions.format) == "copy"
    guard !wantsCopy || !context.output.isTerminal else {
      throw Fault(
        .usage, "the binary stream would garble the terminal: redirect it, or use --format ndjson")
    }
    do throws(ArchiveError) {
      if wantsCopy {
        try read(path) { (content) throws(ArchiveError) in
          try write(content, context.output)
        }
      } else {
        var printer = RowPrinter(try Manifest.read(path))
        try read(path) { (content) throws(ArchiveError) in
          try printer.print(content) { (lines) throws(ArchiveError) in
            try write(lines, context.output)
          }
        }
      }
    } catch {
      throw Fault(error)
    }
    return .success
  }

  private static func read(
    _ path: String, _ consume: (UnsafeRawBufferPointer) throws(ArchiveError) -> Void
  ) throws(ArchiveError) {
    _ = try ArchiveVerification.read(manifestPath: path, progress: { _ in }, consume: consume)
  }

  private static func write(
    _ bytes: UnsafeRawBufferPointer, _ output: Output
  ) throws(ArchiveError) {
    do throws(Fault) { try output.write(bytes: bytes) } catch {
      throw ArchiveError(.inputOutput, error.message)
    }
  }
}
