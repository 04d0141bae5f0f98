// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Reads files one after the other, line by line, in bounded memory.
struct LineReader: ~Copyable {
  /// Twice the largest payload; a longer line is no record.
  static let lineBytesMax = 2 << 20
  private static let chunkBytes = 1 << 18

  struct Line {
    let file: String
    /// In its file, from 1; 0 for the whole file.
    let number: Int
    let content: Content
  }

  enum Content {
    /// Without its end.
    case bytes(ArraySlice<UInt8>)
    case tooLong
    /// The file has no lines; the next line is that of the next file.
    case noLines(FileFormat)
  }

  private var paths: ArraySlice<String>
  private var file: InputFile?
  private var buffer = [UInt8](repeating: 0, count: lineBytesMax + chunkBytes)
  /// What was read and not given out.
  private var start = 0
  private var end = 0
  private var number = 0
  private var isAtEnd = false
  /// Behind the beginning of a line that is too long.
  private var isSkipping = false

  init(paths: [String]) {
    self.paths = paths[...]
  }

  /// The next line that is not blank, or nil after the last.
  mutating func next() throws(CommandError) -> Line? {
    while true {
      guard let file else {
        guard let path = paths.popFirst() else { return nil }
        let opened = try InputFile(path: path)
        if let format = try begin(opened) {
          return Line(file: opened.name, number: 0, content: .noLines(format))
        }
        continue
      }
      guard let bytes = try nextBytes(file) else {
        self.file = nil
        continue
      }
      number += 1
      let isTooLong = isSkipping
      isSkipping = false
      if isTooLong || bytes.contains(where: { $0 != 0x20 && $0 != 0x09 }) {
        return Line(
          file: file.name, number: number, content: isTooLong ? .tooLong : .bytes(bytes))
      }
    }
  }

  /// Opens a file for its lines, unless its beginning says that it has none.
  private mutating func begin(_ opened: InputFile) throws(CommandError) -> FileFormat? {
    (start, end, number, isAtEnd) = (0, 0, 0, false)
    try fill(opened)
    let beginning = buffer[..<min(end, FileFormat.beginningBytesMax)]
    let format = unsafe beginning.withUnsafeBytes { unsafe FileFormat($0) }
    if format == nil { file = opened }
    return format
  }

  private mutating func nextBytes(_ file: InputFile) throws(CommandError) -> ArraySlice<UInt8>? {
    var searched = start
    while true {
      if let newline = newline(in: searched..<end) {
        defer { start = newline + 1 }
        let line = buffer[start..<newline]
        return line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      }
      guard !isAtEnd else {
        defer { start = end }
        return start < end || isSkipping ? buffer[start..<end] : nil
      }
      if end - start > Self.lineBytesMax {
        isSkipping = true
        start = end
      }
      moveToFront()
      searched = end
      try fill(file)
    }
  }

  private func newline(in range: Range<Int>) -> Int? {
    unsafe buffer.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress,
        let found = unsafe memchr(base + range.lowerBound, Int32(UInt8(ascii: "\n")), range.count)
      else { return nil }
      return unsafe UnsafeRawPointer(found) - base
    }
  }

  private mutating func moveToFront() {
    guard start > 0 else { return }
    let kept = start..<end
    unsafe buffer.withUnsafeMutableBytes { bytes in
      guard let base = bytes.baseAddress else { return }
      unsafe memmove(base, base + kept.lowerBound, kept.count)
    }
    (start, end) = (0, kept.count)
  }

  private mutating func fill(_ file: InputFile) throws(CommandError) {
    let end = end
    let result = unsafe buffer.withUnsafeMutableBytes { bytes in
      Result { () throws(CommandError) in
        try unsafe file.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[end...]))
      }
    }
    let count = try result.get()
    self.end = end + count
    isAtEnd = count == 0
  }
}
