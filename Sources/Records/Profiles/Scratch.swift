// SPDX-License-Identifier: Apache-2.0

/// Memory for the texts that the items of one record are given: used again for the next, and
/// nothing in it moves before that.
final class Scratch {
  private static let chunkBytes = 1 << 18

  private var chunks: [UnsafeMutableRawBufferPointer] = []
  private var chunk = 0
  private var used = 0

  deinit {
    for chunk in chunks { chunk.deallocate() }
  }

  func removeAll() {
    (chunk, used) = (0, 0)
  }

  /// Room for so many bytes, of which ``keep(_:)`` keeps those that were written.
  func room(_ count: Int) -> UnsafeMutableRawBufferPointer {
    while chunk < chunks.count, used + count > chunks[chunk].count {
      (chunk, used) = (chunk + 1, 0)
    }
    if chunk == chunks.count {
      chunks.append(.allocate(byteCount: max(count, Self.chunkBytes), alignment: 16))
    }
    return UnsafeMutableRawBufferPointer(rebasing: chunks[chunk][used..<used + count])
  }

  func keep(_ count: Int) -> UnsafeRawBufferPointer {
    defer { used += count }
    return UnsafeRawBufferPointer(rebasing: chunks[chunk][used..<used + count])
  }

  func copy(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    room(bytes.count).copyMemory(from: bytes)
    return keep(bytes.count)
  }
}
