// SPDX-License-Identifier: Apache-2.0
import CZstd
import Files

/// zstd (RFC 8878), also of several frames, with windows of at most 128 MiB as the command line
/// tool.
@safe final class ZstdInflater: Inflater {
  private let context: OpaquePointer
  private(set) var isAtBoundary = true

  private static let windowLogMax: Int32 = 27

  init() throws(FileError) {
    guard let context = unsafe ZSTD_createDCtx() else {
      throw FileError(.inputOutput, "zstd has no memory for its context: give the process more")
    }
    unsafe ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, Self.windowLogMax)
    unsafe self.context = context
  }

  deinit { unsafe ZSTD_freeDCtx(context) }

  func inflate(
    _ input: inout UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(FileError) -> Int {
    if isAtBoundary, unsafe input.isEmpty { return 0 }
    var taken = unsafe ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
    var written = unsafe ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
    let status = unsafe ZSTD_decompressStream(context, &written, &taken)
    guard ZSTD_isError(status) == 0 else {
      let why = unsafe String(cString: ZSTD_getErrorName(status))
      throw FileError(.damaged(nil), "the zstd data is damaged: \(why)")
    }
    isAtBoundary = status == 0
    unsafe input = UnsafeRawBufferPointer(rebasing: input.dropFirst(taken.pos))
    return unsafe written.pos
  }
}
