// SPDX-License-Identifier: Apache-2.0

/// Memory that is freed with its last owner; of no defined content until it is written.
final class RawBuffer {
  let bytes: UnsafeMutableRawBufferPointer

  init(byteCount: Int) {
    bytes = .allocate(byteCount: byteCount, alignment: 64)
  }

  deinit { bytes.deallocate() }
}
