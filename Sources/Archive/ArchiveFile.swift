// SPDX-License-Identifier: Apache-2.0
import Files
import Glibc

/// An archive file that is open for reading, with its seek table; nothing else of it was read yet.
struct ArchiveFile: ~Copyable {
  private let handle: OpenFile
  let path: String
  let table: SeekTable

  /// Opens the file beside a manifest, if its size and its seek table are those of the manifest.
  init(directory: String, _ expected: Manifest.File, contentBytes: Int64) throws(FileError) {
    let path = directory + "/" + expected.name
    // NONBLOCK: a pipe of this name must not hang us.
    let handle = try OpenFile(path, O_RDONLY | O_NONBLOCK)
    try Self.checkSize(handle.descriptor, path, expected)
    let table = try Self.readTable(handle.descriptor, path, expected)
    let total = table.entries.reduce(Int64(0)) { $0 + Int64($1.contentBytes) }
    guard total == contentBytes else {
      throw Self.damaged(
        path, expected,
        "the seek table adds up to \(total) bytes of content, the manifest says \(contentBytes)")
    }
    self.handle = handle
    self.path = path
    self.table = table
  }

  var descriptor: Int32 { handle.descriptor }

  private static func checkSize(
    _ descriptor: Int32, _ path: String, _ expected: Manifest.File
  ) throws(FileError) {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw SystemCall.failure("look at", path) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw FileError(.damaged(nil), "\(path) is not a regular file")
    }
    let found = Int64(status.st_size)
    guard found == expected.byteCount else {
      let position = FilePosition(
        frame: expected.frameCount, fileOffset: min(found, expected.byteCount), contentOffset: 0)
      throw FileError(
        .damaged(found < expected.byteCount ? nil : position),
        "\(path) has \(found) bytes, its manifest says \(expected.byteCount): it was "
          + (found < expected.byteCount ? "cut off" : "appended to, or it is another file"))
    }
  }

  private static func readTable(
    _ descriptor: Int32, _ path: String, _ expected: Manifest.File
  ) throws(FileError) -> SeekTable {
    let count = SeekTable.byteCount(frames: expected.frameCount)
    let framesBytes = expected.byteCount - Int64(count)
    guard framesBytes >= 0 else { throw damaged(path, expected, "it is too short for its frames") }
    let buffer = RawBuffer(byteCount: count)
    guard let read = unsafe SystemCall.read(descriptor, into: buffer.bytes, at: framesBytes) else {
      throw SystemCall.failure("read", path)
    }
    guard read == count,
      let table = unsafe SeekTable(UnsafeRawBufferPointer(buffer.bytes), framesBytes: framesBytes),
      table.entries.count == expected.frameCount
    else { throw damaged(path, expected, "its seek table is not the one that was written") }
    return table
  }

  private static func damaged(
    _ path: String, _ expected: Manifest.File, _ reason: String
  ) -> FileError {
    let count = Int64(SeekTable.byteCount(frames: expected.frameCount))
    let position = FilePosition(
      frame: expected.frameCount, fileOffset: max(0, expected.byteCount - count), contentOffset: 0)
    return FileError(.damaged(position), "\(path) is damaged at \(position): \(reason)")
  }
}
