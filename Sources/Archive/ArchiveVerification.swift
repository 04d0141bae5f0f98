// SPDX-License-Identifier: Apache-2.0
package import Files

/// Reads a whole archive back and compares everything with its manifest: sizes, frames, checksums,
/// the structure of each row, rows, range, sums, SHA-256 of content and file.
package enum ArchiveVerification {
  /// Returns the manifest of a good archive; throws with the first bad position of a bad one.
  package static func run(
    manifestPath: String, progress: (ArchiveProgress) -> Void = { _ in }
  ) throws(FileError) -> Manifest {
    try unsafe read(manifestPath: manifestPath, progress: progress) { _ throws(FileError) in }
  }

  /// The same, and hands the content over in order, frame by frame.
  ///
  /// Each was decompressed and walked over when `consume` gets it, but the digests stand at the
  /// end: only when this function returns is all of it as it was written.
  package static func read(
    manifestPath: String, progress: (ArchiveProgress) -> Void,
    consume: (UnsafeRawBufferPointer) throws(FileError) -> Void
  ) throws(FileError) -> Manifest {
    let manifest = try Manifest.read(manifestPath)
    let plan = try CopyPlan(
      columns: manifest.columns, key: manifest.keyColumn, lower: manifest.lower,
      upper: manifest.upper)
    let directory = Self.directory(of: manifestPath)
    let path = directory + "/" + manifest.file.name
    let reader = ArchiveReader(
      try ArchiveFile(
        directory: directory, manifest.file, contentBytes: manifest.content.byteCount))
    var check = ContentCheck(plan)
    var last = FilePosition(frame: 0, fileOffset: 0, contentOffset: 0)
    let fileDigest = try unsafe reader.forEach { (position, content) throws(FileError) in
      last = position
      do throws(CopyError) { try unsafe check.feed(content) } catch {
        throw FileError(error, in: position, of: path)
      }
      try unsafe consume(content)
      progress(
        ArchiveProgress(
          rows: check.rowCount, bytes: position.contentOffset + Int64(content.count),
          bytesExpected: manifest.content.byteCount, rowsExpected: manifest.rowCount))
    }
    let found: ContentCheck.Result
    do throws(CopyError) { found = try check.finish() } catch {
      throw FileError(error, in: last, of: path)
    }
    try compare(found, fileDigest, manifest, path)
    return manifest
  }

  private static func compare(
    _ found: ContentCheck.Result, _ fileDigest: String, _ manifest: Manifest, _ path: String
  ) throws(FileError) {
    let differences = [
      found.content.byteCount == manifest.content.byteCount ? nil : "the size of its content",
      found.content.sha256 == manifest.content.sha256 ? nil : "the SHA-256 of its content",
      found.rowCount == manifest.rowCount ? nil : "the number of rows (\(found.rowCount))",
      found.keyRange == manifest.keyRange ? nil : "the range of the partition key",
      found.sums.totals == manifest.sums.totals ? nil : "the sums",
      // A manifest may leave the groups out where they would make it too large.
      manifest.sums.groups == nil || found.sums.groups == manifest.sums.groups
        ? nil : "the sums per tenant",
      fileDigest == manifest.file.sha256 ? nil : "the SHA-256 of the file",
    ].compactMap { $0 }
    guard differences.isEmpty else {
      throw FileError(
        .damaged(nil),
        "\(path) is readable, but \(differences.joined(separator: ", ")) is not what its manifest"
          + " says: it is another file, or the manifest is another one's")
    }
  }

  static func directory(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
