// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Digest
package import Files
import JSON

extension Manifest {
  /// Reads a manifest, whoever wrote it: unknown keys are ignored, everything known is checked.
  package static func read(_ path: String) throws(FileError) -> Manifest {
    try load(path).manifest
  }

  /// The same, with the SHA-256 of the file.
  static func load(_ path: String) throws(FileError) -> (manifest: Manifest, sha256: String) {
    let bytes = try ManifestFile.load(path)
    do throws(ManifestError) {
      return (try ManifestReader.manifest(bytes), SHA256.hex(of: bytes))
    } catch {
      throw FileError(
        .damaged(nil), "\(path) is no manifest that this program can use: \(error.reason)")
    }
  }

  static func checkName(_ partition: String) throws(FileError) {
    guard ManifestFile.isFileName(partition + manifestSuffix + AtomicFile.temporarySuffix) else {
      throw FileError(
        .unsupported, "\(partition) cannot be the name of a file: rename the table")
    }
  }
}
