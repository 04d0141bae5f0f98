// SPDX-License-Identifier: Apache-2.0
import Files

/// Content of one frame on its way between two threads; used by the one that has it.
package final class Frame {
  private let storage: RawBuffer
  /// Bytes of the buffer that count.
  package var byteCount = 0

  init(capacity: Int) {
    storage = RawBuffer(byteCount: capacity)
  }

  package var buffer: UnsafeMutableRawBufferPointer { unsafe storage.bytes }

  package var content: UnsafeRawBufferPointer {
    unsafe UnsafeRawBufferPointer(rebasing: storage.bytes[..<byteCount])
  }
}
