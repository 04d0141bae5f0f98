// SPDX-License-Identifier: Apache-2.0
import Glibc
import JSON

/// A manifest as a file: one of these stands beside each archive and each export.
package enum ManifestFile {
  /// One JSON document.
  package static let bytesMax = JSONLimits.payloadBytesMax

  /// A name that is one file of a directory: a manifest must not lead to other places.
  package static func isFileName(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= fileNameBytesMax && name != "." && name != ".."
      && !name.utf8.contains(UInt8(ascii: "/")) && !name.utf8.contains(0)
  }

  package static func load(_ path: String) throws(FileError) -> [UInt8] {
    let descriptor = SystemCall.open(path, O_RDONLY | O_NONBLOCK)
    guard descriptor >= 0 else { throw SystemCall.failure("open", path) }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw SystemCall.failure("look at", path) }
    guard status.st_mode & S_IFMT == S_IFREG, status.st_size <= bytesMax else {
      throw FileError(
        .damaged(nil), "\(path) is no manifest: it is no file of at most \(bytesMax) bytes")
    }
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    let count = unsafe bytes.withUnsafeMutableBytes {
      unsafe SystemCall.read(descriptor, into: $0, at: 0)
    }
    guard let count else { throw SystemCall.failure("read", path) }
    bytes.removeLast(bytes.count - count)
    return bytes
  }

  private static let fileNameBytesMax = 255
}

/// Why bytes are no manifest.
package struct ManifestError: Error {
  package let reason: String

  package init(reason: String) { self.reason = reason }
}
