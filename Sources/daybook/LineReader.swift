// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Reads a file or standard input line by line, in bounded memory.
struct LineReader: ~Copyable {
  /// Twice the largest payload; a longer line is no record.
  static let lineBytesMax = 2 << 20
  private static let chunkBytes = 1 << 18

  private let descriptor: Int32
  private let name: String
  private var buffer: [UInt8] = []
  private var start = 0
  private var isAtEnd = false

  /// `-` is standard input.
  init(path: String) throws(Fault) {
    name = path
    descriptor = path == "-" ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw Fault(
        .noInput, "cannot read \(path): \(String(cString: strerror(errno))): check the path")
    }
  }

  deinit { close(descriptor) }

  /// The next line without its end, or nil after the last.
  mutating func next() throws(Fault) -> ArraySlice<UInt8>? {
    var searched = start
    while true {
      if let newline = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        defer { start = newline + 1 }
        let line = buffer[start..<newline]
        return line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      }
      guard !isAtEnd else {
        defer { start = buffer.count }
        return start < buffer.count ? buffer[start...] : nil
      }
      guard buffer.count - start <= Self.lineBytesMax else {
        throw Fault(
          .data, "\(name): a line is longer than \(Self.lineBytesMax) bytes: one record a line")
      }
      buffer.removeFirst(start)
      start = 0
      searched = buffer.count
      try fill()
    }
  }

  private mutating func fill() throws(Fault) {
    let descriptor = descriptor
    let old = buffer.count
    buffer.append(contentsOf: repeatElement(0, count: Self.chunkBytes))
    let count = buffer.withUnsafeMutableBytes { bytes in
      readRetrying(descriptor, UnsafeMutableRawBufferPointer(rebasing: bytes[old...]))
    }
    buffer.removeLast(Self.chunkBytes - max(count, 0))
    guard count >= 0 else {
      throw Fault(.inputOutput, "cannot read \(name): \(String(cString: strerror(errno)))")
    }
    isAtEnd = count == 0
  }
}

private func readRetrying(_ descriptor: Int32, _ bytes: UnsafeMutableRawBufferPointer) -> Int {
  while true {
    let count = read(descriptor, bytes.baseAddress, bytes.count)
    if count >= 0 || errno != EINTR { return count }
  }
}
