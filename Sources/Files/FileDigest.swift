// SPDX-License-Identifier: Apache-2.0
import Digest

/// The SHA-256 of a whole file, in memory of a fixed size.
package enum FileDigest {
  private static let chunkBytes = 1 << 20

  package static func sha256(_ descriptor: Int32, _ path: String) throws(FileError) -> String {
    let buffer = RawBuffer(byteCount: chunkBytes)
    var hash = SHA256Stream()
    var offset: Int64 = 0
    while true {
      guard let count = unsafe SystemCall.read(descriptor, into: buffer.bytes, at: offset) else {
        throw SystemCall.failure("read", path)
      }
      unsafe hash.update(UnsafeRawBufferPointer(rebasing: buffer.bytes[..<count]))
      offset += Int64(count)
      if count < chunkBytes { return hash.finish() }
    }
  }
}
