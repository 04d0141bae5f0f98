// SPDX-License-Identifier: Apache-2.0
package import Files

/// Decompresses a stream piece by piece, in the memory of its window, whatever it grows to.
///
/// One thread.
package protocol Inflater: AnyObject {
  /// Whether nothing of a member or frame is missing.
  var isAtBoundary: Bool { get }

  /// Takes from the beginning of `input`, and returns how many bytes it has written; 0 when it
  /// wants more input.
  func inflate(
    _ input: inout UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(FileError) -> Int
}

/// What the first bytes of a stream say about it.
package enum Compression {
  case gzip, zstd

  package static let magicBytesMax = 4

  package init?(_ start: some Sequence<UInt8>) {
    let start = Array(start.prefix(Self.magicBytesMax))
    if start.starts(with: [0x1f, 0x8b]) {
      self = .gzip
    } else if start == [0x28, 0xb5, 0x2f, 0xfd] {
      self = .zstd
    } else {
      return nil
    }
  }

  package func inflater() throws(FileError) -> any Inflater {
    switch self {
    case .gzip: try GzipInflater()
    case .zstd: try ZstdInflater()
    }
  }
}
