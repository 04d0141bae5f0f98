// SPDX-License-Identifier: Apache-2.0
package import Files
import Glibc

extension ArchiveWriter {
  /// After `finish`: the file gets its name, and then its manifest appears beside it.
  ///
  /// Until both are whole on the disk under temporary names, an archive that is replaced stays as
  /// it is. A process that is killed after that leaves what `ArchiveLocation.completeKilledRun`
  /// needs.
  package func publish(_ manifest: Manifest) throws(FileError) {
    var sidecar = try manifest.writeTemporary(to: location.directory)
    try sidecar.sync()
    try worker.sync()
    try SystemCall.syncDirectory(location.directory)
    // The export has taken its time: somebody may have put another archive there.
    try location.check(identity, replaces: replaces)
    try removeOldManifest()
    do throws(FileError) { try worker.giveName() } catch {
      throw Self.failure(
        error, "if \(location.filePath) is there, it is an older archive without its manifest")
    }
    do throws(FileError) { try sidecar.giveName() } catch {
      // Without a manifest it would be in the way of the next one.
      unsafe unlink(location.filePath)
      throw Self.failure(error, "the new archive was removed, an older one is replaced already")
    }
    do throws(FileError) { try SystemCall.syncDirectory(location.directory) } catch {
      throw Self.failure(error, "the new archive is there, but perhaps not after a power failure")
    }
  }

  /// It must not vouch for the new file, not even for a moment.
  private func removeOldManifest() throws(FileError) {
    let path = location.manifestPath
    if unsafe unlink(path) == 0 {
      do throws(FileError) { try SystemCall.syncDirectory(location.directory) } catch {
        throw Self.failure(error, "\(location.filePath) is the older archive, without its manifest")
      }
    } else if errno != ENOENT {
      throw SystemCall.failure("remove", path)
    }
  }

  private static func failure(_ error: FileError, _ leftover: String) -> FileError {
    FileError(error.kind, "\(error.message); what is left: \(leftover); export again")
  }
}
