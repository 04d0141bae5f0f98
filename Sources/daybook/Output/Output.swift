// SPDX-License-Identifier: Apache-2.0
import Glibc
import Sysexits
import Text

/// Where a command's data goes: standard output, whole writes, errors as faults.
///
/// What is stored was written by others: a terminal gets none of it that it would act on. A pipe or
/// a file gets everything as it is.
package struct Output: Sendable {
  package let descriptor: Int32
  /// Aligned columns and colours are for people.
  package let isTerminal: Bool

  package init(descriptor: Int32) {
    self.descriptor = descriptor
    isTerminal = isatty(descriptor) == 1
  }

  package static let standard = Output(descriptor: STDOUT_FILENO)

  /// Messages for people; an error there has nowhere to go.
  package static func standardError(_ text: String) {
    try? Output(descriptor: STDERR_FILENO).write(text)
  }

  /// Columns of the terminal; nil when there is none.
  package var width: Int? {
    guard isTerminal else { return nil }
    var size = winsize()
    let isKnown = unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    return isKnown ? Int(size.ws_col) : Self.usualWidth
  }

  private static let usualWidth = 80

  package func write(_ text: String) throws(CommandError) {
    try writeOwn(isTerminal ? text.harmless(lines: true) : text)
  }

  /// Text of ours that moves the cursor.
  func writeOwn(_ text: String) throws(CommandError) {
    var copy = text
    let failure = copy.withUTF8 { unsafe writeAll(UnsafeRawBufferPointer($0)) }
    if let failure { throw failure }
  }

  package func line(_ text: String) throws(CommandError) { try write(text + "\n") }

  package func write(bytes: UnsafeRawBufferPointer) throws(CommandError) {
    if isTerminal { return try unsafe write(String(decoding: bytes, as: UTF8.self)) }
    if let failure = unsafe writeAll(bytes) { throw failure }
  }

  private func writeAll(_ bytes: UnsafeRawBufferPointer) -> CommandError? {
    var rest = unsafe bytes
    while let start = rest.baseAddress, unsafe !rest.isEmpty {
      let written = unsafe systemWrite(descriptor, start, rest.count)
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else {
        return CommandError(
          .inputOutput, unsafe "cannot write the output: \(String(cString: strerror(errno)))")
      }
      unsafe rest = UnsafeRawBufferPointer(rebasing: rest[written...])
    }
    return nil
  }
}

private func systemWrite(_ descriptor: Int32, _ start: UnsafeRawPointer, _ count: Int) -> Int {
  unsafe write(descriptor, start, count)
}
