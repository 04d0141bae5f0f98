// SPDX-License-Identifier: Apache-2.0
import Digest
import Files
import Glibc

/// Reads the frames of a file one after the other, and computes the SHA-256 of what it has read.
///
/// Used by one thread at a time; the descriptor stays the caller's.
struct FrameReader: ~Copyable {
  private let descriptor: Int32
  private let path: String
  private var decompressor: ZstdDecompressor
  private var hash = SHA256Stream()
  private var frame = RawBuffer(byteCount: 0)
  /// Where the next frame begins.
  private(set) var position = FilePosition(frame: 0, fileOffset: 0, contentOffset: 0, row: nil)

  init(descriptor: Int32, path: String) throws(FileError) {
    self.descriptor = descriptor
    self.path = path
    decompressor = try ZstdDecompressor()
  }

  /// Reads the next frame, whose sizes the seek table has and the limits allow, into `output`, and
  /// returns where it begins.
  mutating func read(
    _ entry: SeekTable.Entry, into output: UnsafeMutableRawBufferPointer
  ) throws(FileError) -> FilePosition {
    let position = position
    let bytes = try unsafe load(Int(entry.fileBytes))
    let content = unsafe UnsafeMutableRawBufferPointer(rebasing: output[..<Int(entry.contentBytes)])
    if let reason = unsafe decompressor.decompress(bytes, into: content) {
      throw FileError(.damaged(position), "\(path) is damaged in \(position): \(reason)")
    }
    self.position.frame += 1
    self.position.fileOffset += Int64(entry.fileBytes)
    self.position.contentOffset += Int64(entry.contentBytes)
    return position
  }

  /// Reads the seek table behind the last frame, and returns the digest of the whole file.
  consuming func finish(tableBytes: Int) throws(FileError) -> String {
    _ = try unsafe load(tableBytes)
    return hash.finish()
  }

  private mutating func load(_ count: Int) throws(FileError) -> UnsafeRawBufferPointer {
    if unsafe frame.bytes.count < count { frame = RawBuffer(byteCount: count) }
    let target = unsafe UnsafeMutableRawBufferPointer(rebasing: frame.bytes[..<count])
    guard let read = unsafe SystemCall.read(descriptor, into: target, at: position.fileOffset)
    else {
      throw SystemCall.failure("read", path)
    }
    guard read == count else {
      throw FileError(
        .damaged(position), "\(path) ends in the middle of \(position): it was cut off")
    }
    unsafe hash.update(UnsafeRawBufferPointer(target))
    return UnsafeRawBufferPointer(target)
  }
}
