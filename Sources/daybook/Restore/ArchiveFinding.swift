// SPDX-License-Identifier: Apache-2.0
import Archive
import Files
import Ledger

/// An archive that the ledger counts with, looked for in a directory and read back.
struct ArchiveFinding {
  let archive: RecordedArchive
  let path: String
  /// Nil when it is the one that the ledger knows.
  let fault: String?

  /// Reads all of it.
  init(_ archive: RecordedArchive, in directory: String) {
    self.archive = archive
    let name = archive.manifestPath?.split(separator: "/").last.map(String.init)
    let path = directory + "/" + (name ?? archive.partition + Manifest.manifestSuffix)
    self.path = path
    do throws(FileError) {
      let manifest = try ArchiveVerification.run(manifestPath: path)
      let isSame =
        manifest.content.sha256 == archive.contentSHA256 && manifest.rowCount == archive.rows
      fault =
        isSame
        ? nil
        : "\(path) is a good archive of \(manifest.rowCount) rows, but not the one that the ledger "
          + "counts with (\(archive.rows) rows): look for it where archive_command stores them"
    } catch {
      fault = error.message
    }
  }

  var problem: String? { fault.map { "\(archive.table): archive of \(archive.partition): \($0)" } }
}
