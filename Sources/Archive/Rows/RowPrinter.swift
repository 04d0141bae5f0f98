// SPDX-License-Identifier: Apache-2.0
import CopyFormat
package import Files
import Text

/// Prints the rows of a COPY BINARY stream as JSON, one object a line, keys in the order of the
/// file.
///
/// Feed it only what a `CopyWalk` has passed: that checks lengths and field counts of whole
/// streams, this one what is inside of the values. Used by one thread.
package struct RowPrinter: ~Copyable {
  private let names: [String]
  private let columns: [ArchiveColumn]
  /// A row whose end is in the next piece.
  private var pending = CopyBuffer()
  private var text = JSONLine()
  private var isBegun = false
  private var isEnded = false

  /// Of one row; the walk itself needs no such limit.
  private static let rowBytesMax = 256 << 20
  /// Lines are handed over as soon as they have so many bytes.
  private static let linesBytes = 1 << 20

  package init(_ manifest: Manifest) {
    columns = manifest.columns
    names = manifest.columns.map { JSONText.string($0.name) }
  }

  /// Hands over the lines of all rows that end in this piece; they are valid during the call.
  package mutating func print(
    _ content: UnsafeRawBufferPointer,
    to body: (UnsafeRawBufferPointer) throws(FileError) -> Void
  ) throws(FileError) {
    unsafe pending.append(bytes: content)
    let bytes = unsafe pending.bytes
    var offset = 0
    if !isBegun {
      guard bytes.count >= CopyWalk.headerBytes else { return }
      offset = CopyWalk.headerBytes
      isBegun = true
    }
    while !isEnded, let next = unsafe printRow(bytes.bytes, offset) {
      offset = next
      if text.mark >= Self.linesBytes { try unsafe handOver(to: body) }
    }
    try unsafe handOver(to: body)
    let rest = unsafe Array(bytes[offset...])
    guard rest.count <= Self.rowBytesMax else {
      throw FileError(.unsupported, "a row has more than \(Self.rowBytesMax) bytes")
    }
    pending.removeAll()
    unsafe rest.withUnsafeBytes { unsafe pending.append(bytes: $0) }
  }

  private mutating func handOver(
    to body: (UnsafeRawBufferPointer) throws(FileError) -> Void
  ) throws(FileError) {
    let result = unsafe text.take().withUnsafeBytes { lines -> Result<Void, FileError> in
      do throws(FileError) { return unsafe .success(try body(lines)) } catch {
        return .failure(error)
      }
    }
    try result.get()
  }

  /// Prints the row at `start` and returns where the next one begins; nil when it is not whole.
  private mutating func printRow(_ bytes: RawSpan, _ start: Int) -> Int? {
    guard bytes.byteCount - start >= 2 else { return nil }
    let fields = bytes.integer(at: start, as: Int16.self)
    guard fields == columns.count else {
      isEnded = true
      return nil
    }
    let mark = text.mark
    var offset = start + 2
    text.raw("{")
    for index in columns.indices {
      guard bytes.byteCount - offset >= 4 else { return undo(mark) }
      let length = Int(bytes.integer(at: offset, as: Int32.self))
      offset += 4
      text.raw(index == 0 ? "" : ",")
      text.raw(names[index])
      text.raw(":")
      guard length >= 0 else {
        text.raw("null")
        continue
      }
      guard bytes.byteCount - offset >= length else { return undo(mark) }
      text.value(bytes.extracting(offset..<offset + length), of: columns[index])
      offset += length
    }
    text.raw("}\n")
    return offset
  }

  private mutating func undo(_ mark: Int) -> Int? {
    text.truncate(to: mark)
    return nil
  }
}
