// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Where a command's data goes: standard output, whole writes, errors as faults.
package struct Output: Sendable {
  package let descriptor: Int32

  package init(descriptor: Int32) { self.descriptor = descriptor }

  package static let standard = Output(descriptor: STDOUT_FILENO)

  /// Messages for people; an error there has nowhere to go.
  package static func standardError(_ text: String) {
    try? Output(descriptor: STDERR_FILENO).write(text)
  }

  /// Aligned columns and colours are for people.
  package var isTerminal: Bool { isatty(descriptor) == 1 }

  /// Columns of the terminal; nil when there is none.
  package var width: Int? {
    guard isTerminal else { return nil }
    var size = winsize()
    let isKnown = ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    return isKnown ? Int(size.ws_col) : Self.usualWidth
  }

  private static let usualWidth = 80

  package func write(_ text: String) throws(Fault) {
    var copy = text
    let failure = copy.withUTF8 { writeAll(UnsafeRawBufferPointer($0)) }
    if let failure { throw failure }
  }

  package func line(_ text: String) throws(Fault) { try write(text + "\n") }

  package func write(bytes: UnsafeRawBufferPointer) throws(Fault) {
    if let failure = writeAll(bytes) { throw failure }
  }

  private func writeAll(_ bytes: UnsafeRawBufferPointer) -> Fault? {
    var rest = bytes
    while let start = rest.baseAddress, !rest.isEmpty {
      let written = systemWrite(descriptor, start, rest.count)
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else {
        return Fault(.inputOutput, "cannot write the output: \(String(cString: strerror(errno)))")
      }
      rest = UnsafeRawBufferPointer(rebasing: rest[written...])
    }
    return nil
  }
}

private func systemWrite(_ descriptor: Int32, _ start: UnsafeRawPointer, _ count: Int) -> Int {
  write(descriptor, start, count)
}
