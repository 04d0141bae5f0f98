// SPDX-License-Identifier: Apache-2.0
import CZlib
import Files

/// gzip (RFC 1952), also of several members; each has its checksum.
@safe final class GzipInflater: Inflater {
  /// zlib keeps a pointer to it.
  private let stream: UnsafeMutablePointer<z_stream>
  private(set) var isAtBoundary = true

  /// The largest window, and nothing but gzip.
  private static let windowBits: Int32 = 15 + 16

  init() throws(FileError) {
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    let status = unsafe inflateInit2_(
      stream, Self.windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK else {
      throw FileError(.inputOutput, "zlib has no memory: give the process more")
    }
  }

  deinit {
    unsafe inflateEnd(stream)
    unsafe stream.deallocate()
  }

  func inflate(
    _ input: inout UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(FileError) -> Int {
    if isAtBoundary {
      if unsafe input.isEmpty { return 0 }
      unsafe inflateReset(stream)
      isAtBoundary = false
    }
    let offered = min(input.count, Int(Int32.max))
    let room = min(output.count, Int(Int32.max))
    // zlib only reads what it is given.
    unsafe stream.pointee.next_in = UnsafeMutablePointer(
      mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
    unsafe stream.pointee.avail_in = UInt32(offered)
    unsafe stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
    unsafe stream.pointee.avail_out = UInt32(room)
    let status = unsafe CZlib.inflate(stream, Z_NO_FLUSH)
    let taken = unsafe offered - Int(stream.pointee.avail_in)
    unsafe input = UnsafeRawBufferPointer(rebasing: input.dropFirst(taken))
    switch status {
    case Z_STREAM_END: isAtBoundary = true
    case Z_OK, Z_BUF_ERROR: break
    default: throw FileError(.damaged(nil), "the gzip data is damaged")
    }
    return unsafe room - Int(stream.pointee.avail_out)
  }
}
