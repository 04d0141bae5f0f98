// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Digest
package import Files
import Glibc
import JSON

/// Compares a data file with its manifest: digest, bytes, rows, and the sums, computed again.
package enum ExportVerification {
  private static let chunkBytes = 1 << 20

  /// Throws what is wrong; `progress` is told the bytes read.
  package static func run(
    manifestPath: String, progress: (Int64, Int64) -> Void
  ) throws(FileError) -> ExportManifest {
    let manifest = try ExportManifest.read(manifestPath)
    let slash = manifestPath.lastIndex(of: "/")
    let directory = slash.map { String(manifestPath[..<$0]) } ?? "."
    let path = directory + "/" + manifest.fileName
    let descriptor = SystemCall.open(path, O_RDONLY)
    guard descriptor >= 0 else { throw SystemCall.failure("open", path) }
    defer { close(descriptor) }
    var hash = SHA256Stream()
    var counter = ExportCounter(manifest.format)
    let buffer = RawBuffer(byteCount: chunkBytes)
    var offset: Int64 = 0
    while true {
      guard let count = unsafe SystemCall.read(descriptor, into: buffer.bytes, at: offset) else {
        throw SystemCall.failure("read", path)
      }
      let piece = unsafe UnsafeRawBufferPointer(rebasing: buffer.bytes[..<count])
      unsafe hash.update(piece)
      unsafe counter.count(piece)
      offset += Int64(count)
      progress(offset, manifest.byteCount)
      if count < chunkBytes { break }
    }
    counter.finish()
    try compare(manifest, path, offset, hash.finish(), counter)
    return manifest
  }

  private static func compare(
    _ manifest: ExportManifest, _ path: String, _ byteCount: Int64, _ sha256: String,
    _ counter: ExportCounter
  ) throws(FileError) {
    func damaged(_ what: String, _ found: String, _ expected: String) -> FileError {
      FileError(
        .damaged(nil),
        "\(path) has \(what) \(found), and its manifest says \(expected): export it again")
    }
    guard byteCount == manifest.byteCount else {
      throw damaged("bytes", String(byteCount), String(manifest.byteCount))
    }
    guard sha256 == manifest.sha256 else { throw damaged("SHA-256", sha256, manifest.sha256) }
    if let fault = counter.fault {
      throw FileError(.damaged(nil), "\(path) is no \(manifest.format): \(fault)")
    }
    guard counter.tally.rows == manifest.tally.rows else {
      throw damaged("rows", String(counter.tally.rows), String(manifest.tally.rows))
    }
    guard counter.tally.costs == manifest.tally.costs else {
      throw damaged("sums", describe(counter.tally.costs), describe(manifest.tally.costs))
    }
  }

  private static func describe(_ costs: [String: Amount]) -> String {
    costs.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
  }
}
