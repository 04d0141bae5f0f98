// SPDX-License-Identifier: Apache-2.0

/// Memory that is freed with its last owner; of no defined content until it is written.
@safe package final class RawBuffer {
  package let bytes: UnsafeMutableRawBufferPointer

  package init(byteCount: Int) {
    unsafe bytes = .allocate(byteCount: byteCount, alignment: 64)
  }

  deinit { unsafe bytes.deallocate() }
}
