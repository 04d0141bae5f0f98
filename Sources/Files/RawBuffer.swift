// SPDX-License-Identifier: Apache-2.0

/// Memory that is freed with its last owner; of no defined content until it is written.
package final class RawBuffer {
  package let bytes: UnsafeMutableRawBufferPointer

  package init(byteCount: Int) {
    bytes = .allocate(byteCount: byteCount, alignment: 64)
  }

  deinit { bytes.deallocate() }
}
