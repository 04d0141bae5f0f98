// SPDX-License-Identifier: Apache-2.0
import CZstd
import Files

/// Compresses one buffer after the other to a frame each, with a content size and a checksum.
///
/// The context is kept, so that nothing is allocated per frame. Used by one thread at a time.
@safe struct ZstdCompressor: ~Copyable {
  private let context: OpaquePointer

  init(level: Int) throws(FileError) {
    guard let context = unsafe ZSTD_createCCtx() else { throw Self.outOfMemory }
    unsafe self.context = context
    unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, Int32(level))
    unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
    unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 1)
  }

  deinit { unsafe ZSTD_freeCCtx(context) }

  /// Bytes that `output` needs for any content of this size.
  static func bound(_ contentBytes: Int) -> Int { ZSTD_compressBound(contentBytes) }

  /// Writes one frame and returns its size.
  mutating func compress(
    _ content: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(FileError) -> Int {
    let count = unsafe ZSTD_compress2(
      context, output.baseAddress, output.count, content.baseAddress, content.count)
    guard ZSTD_isError(count) == 0 else {
      throw FileError(
        .inputOutput, unsafe "zstd cannot compress: \(String(cString: ZSTD_getErrorName(count)))")
    }
    return count
  }

  fileprivate static let outOfMemory = FileError(
    .inputOutput, "zstd has no memory for its context: give the process more")
}

/// Decompresses whole frames into a buffer that the caller has sized: a frame that would yield more
/// fails, whatever its header declares, so that memory is bounded by the caller.
@safe struct ZstdDecompressor: ~Copyable {
  private let context: OpaquePointer

  init() throws(FileError) {
    guard let context = unsafe ZSTD_createDCtx() else { throw ZstdCompressor.outOfMemory }
    unsafe self.context = context
  }

  deinit { unsafe ZSTD_freeDCtx(context) }

  /// The reason why `frame` is not exactly one frame of `output.count` bytes with a right checksum,
  /// or nil: then `output` holds its content.
  mutating func decompress(
    _ frame: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) -> String? {
    guard let start = frame.baseAddress, frame.count >= Self.headerBytesMin,
      unsafe UInt32(littleEndian: start.loadUnaligned(as: UInt32.self)) == Self.magic
    else { return "this is no zstd frame" }
    guard unsafe start.load(fromByteOffset: 4, as: UInt8.self) & Self.checksumFlag != 0 else {
      return "the frame has no checksum"
    }
    let declared = unsafe ZSTD_getFrameContentSize(start, frame.count)
    guard declared == UInt64(output.count) else {
      return "the frame declares another content size than the seek table"
    }
    let size = unsafe ZSTD_findFrameCompressedSize(start, frame.count)
    guard ZSTD_isError(size) == 0, size == frame.count else {
      return "the frame has another size than the seek table says"
    }
    let count = unsafe ZSTD_decompressDCtx(
      context, output.baseAddress, output.count, start, frame.count)
    guard ZSTD_isError(count) == 0 else { return unsafe String(cString: ZSTD_getErrorName(count)) }
    guard count == output.count else { return "the frame has less content than it declares" }
    return nil
  }

  private static let magic: UInt32 = 0xFD2F_B528
  /// Of the byte behind the magic number (RFC 8878, 3.1.1.1.1).
  private static let checksumFlag: UInt8 = 0b100
  private static let headerBytesMin = 6
}
