// SPDX-License-Identifier: Apache-2.0

/// Memory for the texts that the items of one record are given: used again for the next, and
/// nothing in it moves before that.
final class Scratch {
  private static let chunkBytes = 1 << 18

  private var chunks: [UnsafeMutableRawBufferPointer] = []
  private var chunk = 0
  /// What is left of the chunk.
  private var rest = UnsafeMutableRawBufferPointer(start: nil, count: 0)

  deinit {
    for chunk in chunks { chunk.deallocate() }
  }

  func removeAll() {
    chunk = 0
    rest = chunks.first ?? rest
  }

  /// Room for so many bytes, of which ``keep(_:)`` keeps those that were written.
  @inline(__always)
  func room(_ count: Int) -> UnsafeMutableRawBufferPointer {
    if count > rest.count { advance(count) }
    return UnsafeMutableRawBufferPointer(rebasing: rest[..<count])
  }

  private func advance(_ count: Int) {
    while chunk < chunks.count, count > rest.count {
      chunk += 1
      if chunk < chunks.count { rest = chunks[chunk] }
    }
    guard count > rest.count else { return }
    rest = .allocate(byteCount: max(count, Self.chunkBytes), alignment: 16)
    chunks.append(rest)
  }

  @inline(__always)
  func keep(_ count: Int) -> UnsafeRawBufferPointer {
    defer { rest = UnsafeMutableRawBufferPointer(rebasing: rest[count...]) }
    return UnsafeRawBufferPointer(rebasing: rest[..<count])
  }
}
