// SPDX-License-Identifier: Apache-2.0
import Files
import Glibc

/// The two names of a partition's archive in a directory, and what is there under them already.
struct ArchiveLocation {
  let directory: String
  /// Without a suffix.
  let name: String

  var fileName: String { name + Manifest.fileSuffix }
  var manifestName: String { name + Manifest.manifestSuffix }
  var filePath: String { directory + "/" + fileName }
  var manifestPath: String { directory + "/" + manifestName }

  /// Throws unless an archive may be written here: what is there may be the only copy of other
  /// rows.
  func check(_ identity: ArchiveIdentity, replaces: Bool) throws(FileError) {
    guard Self.exists(manifestPath) else {
      guard !Self.exists(filePath) else {
        throw FileError(
          .exists,
          "\(filePath) is there without a manifest, so that nobody knows what is in it: move it"
            + " away, and try again")
      }
      return
    }
    guard replaces else {
      throw FileError(
        .exists,
        "\(manifestPath) is there already: verify that archive and keep it, move it away, or"
          + " say that it is to be replaced")
    }
    let existing: Manifest
    do throws(FileError) { existing = try Manifest.read(manifestPath) } catch {
      guard Self.exists(filePath) else { return }
      throw FileError(
        .exists,
        "what is there is not replaced: move \(manifestPath) and its file away, and try again"
          + " (\(error.message))")
    }
    guard ArchiveIdentity(existing).isSame(as: identity) else {
      throw FileError(
        .exists,
        "\(manifestPath) is of another database, schema, table or month (\(existing.origin)): move"
          + " it and its file away, or use another directory")
    }
  }

  /// Goes on where a run was killed that was putting an archive in place: between the names of file
  /// and manifest it leaves a whole manifest under its temporary name, whose digest proves that the
  /// file is its own, or that the file was still to be renamed.
  func completeKilledRun() throws(FileError) {
    let temporaryPath = manifestPath + AtomicFile.temporarySuffix
    guard isHalf, Self.exists(temporaryPath) else { return }
    // Their locks keep a process away that is between the names at this moment.
    var file = try AtomicFile(directory: directory, name: fileName, keepsContent: true)
    var manifest = try AtomicFile(directory: directory, name: manifestName, keepsContent: true)
    guard isHalf, let unfinished = try? Manifest.read(temporaryPath) else { return }
    if try Self.isFile(filePath, unfinished.file) {
      try manifest.commit()
    } else if try Self.isFile(file.temporaryPath, unfinished.file) {
      try file.commit()
      try manifest.commit()
    }
  }

  private var isHalf: Bool { Self.exists(filePath) && !Self.exists(manifestPath) }

  private static func exists(_ path: String) -> Bool {
    var status = stat()
    return unsafe lstat(path, &status) == 0
  }

  private static func isFile(
    _ path: String, _ expected: Manifest.File
  ) throws(FileError) -> Bool {
    let file = try OpenFile(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW)
    var status = stat()
    guard unsafe fstat(file.descriptor, &status) == 0 else {
      throw SystemCall.failure("look at", path)
    }
    guard status.st_mode & S_IFMT == S_IFREG, Int64(status.st_size) == expected.byteCount else {
      return false
    }
    return try FileDigest.sha256(file.descriptor, path) == expected.sha256
  }
}
