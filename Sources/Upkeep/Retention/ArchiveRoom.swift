// SPDX-License-Identifier: Apache-2.0
import Glibc
import Sysexits

/// Whether an archive has room before its partition leaves the table.
enum ArchiveRoom {
  /// Throws with words when the directory is missing, cannot be written, or has less space than the
  /// partition has bytes. Archives are smaller, but nobody knows by how much.
  static func check(_ directory: String, bytes: Int64) throws(UpkeepError) {
    guard isThere(directory) else {
      throw UpkeepError(
        "the archive directory \(directory) is not there: mount or create it",
        exitCode: .cannotCreate)
    }
    guard unsafe access(directory, W_OK | X_OK) == 0 else {
      throw UpkeepError(
        "the archive directory \(directory) cannot be written: correct its owner or its rights",
        exitCode: .cannotCreate)
    }
    var system = statvfs()
    guard unsafe statvfs(directory, &system) == 0 else { return }
    let (free, overflow) = UInt64(system.f_bavail)
      .multipliedReportingOverflow(by: UInt64(system.f_frsize))
    guard !overflow, free < UInt64(max(0, bytes)) else { return }
    throw UpkeepError(
      "the archive directory \(directory) has \(free >> 20) MiB free, and the partition "
        + "\(bytes >> 20) MiB: make room; it stays attached", exitCode: .inputOutput)
  }

  static func isThere(_ directory: String) -> Bool {
    var status = stat()
    return unsafe stat(directory, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}
