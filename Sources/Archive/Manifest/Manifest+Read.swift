// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Digest
import JSON

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Manifest {
  /// Reads a manifest, whoever wrote it: unknown keys are ignored, everything known is checked.
  package static func read(_ path: String) throws(ArchiveError) -> Manifest {
    let bytes = try load(path)
    do throws(ManifestFault) {
      return try ManifestReader.manifest(bytes)
    } catch {
      throw ArchiveError(
        .damaged(nil), "\(path) is no manifest that this program can use: \(error.reason)")
    }
  }

  /// A name that is one file of a directory: a manifest must not lead to other places.
  package static func isFileName(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= fileNameBytesMax && name != "." && name != ".."
      && !name.utf8.contains(UInt8(ascii: "/")) && !name.utf8.contains(0)
  }

  static func checkName(_ partition: String) throws(ArchiveError) {
    guard isFileName(partition + manifestSuffix + AtomicFile.temporarySuffix) else {
      throw ArchiveError(
        .unsupported, "\(partition) cannot be the name of a file: rename the table")
    }
  }

  private static let fileNameBytesMax = 255

  package static func load(_ path: String) throws(ArchiveError) -> [UInt8] {
    let descriptor = SystemCall.open(path, O_RDONLY | O_NONBLOCK)
    guard descriptor >= 0 else { throw SystemCall.failure("open", path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw SystemCall.failure("look at", path) }
    guard status.st_mode & S_IFMT == S_IFREG, status.st_size <= ArchiveLimits.manifestBytesMax
    else {
      throw ArchiveError(
        .damaged(nil),
        "\(path) is no manifest: it is no file of at most \(ArchiveLimits.manifestBytesMax) bytes")
    }
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    let count = bytes.withUnsafeMutableBytes { SystemCall.read(descriptor, into: $0, at: 0) }
    guard let count else { throw SystemCall.failure("read", path) }
    bytes.removeLast(bytes.count - count)
    return bytes
  }
}

/// Why bytes are no manifest.
package struct ManifestFault: Error {
  package let reason: String

  package init(reason: String) { self.reason = reason }
}
