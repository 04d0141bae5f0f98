// SPDX-License-Identifier: Apache-2.0
package import Files
import Glibc

/// Stores an archive elsewhere by an archive_command as PostgreSQL has it: `%p` is the path of a
/// file, `%f` its name, `%%` a percent sign, and only exit code 0 means that it was stored.
package struct ArchiveShipment: Sendable {
  private let archiveCommand: ShellCommand
  private let restoreCommand: ShellCommand?

  /// Throws when a command has a placeholder that does not exist.
  package init(
    archiveCommand: String, restoreCommand: String?, timeoutSeconds: Int
  ) throws(FileError) {
    self.archiveCommand = try ShellCommand(
      "archive_command", archiveCommand, timeoutSeconds: timeoutSeconds)
    self.restoreCommand = try restoreCommand.map { (text) throws(FileError) in
      try ShellCommand("restore_command", text, timeoutSeconds: timeoutSeconds, isPrivate: true)
    }
  }

  /// Stores the file, then its manifest, so that a manifest at the destination means that the file
  /// is there too. With a restore_command each is fetched back and compared: exit code 0 of a
  /// command that has stored nothing is then found out; only we may read what it fetches. A command
  /// under way is ended when `isStopped` says so.
  package func ship(
    _ manifest: Manifest, from directory: String, isStopped: () -> Bool = { false }
  ) throws(FileError) {
    try ship(manifest.file.name, manifest.file.sha256, directory, isStopped)
    // Of what is on the disk, at this moment: it may have been damaged while the file was on its
    // way, and another release has written other words.
    let path = directory + "/" + manifest.manifestName
    let (stored, sha256) = try Manifest.load(path)
    guard stored == manifest else {
      throw FileError(.damaged(nil), "\(path) was replaced while its file was stored: try again")
    }
    try ship(manifest.manifestName, sha256, directory, isStopped)
  }

  private func ship(
    _ name: String, _ sha256: String, _ directory: String, _ isStopped: () -> Bool
  ) throws(FileError) {
    try Self.check(name)
    try archiveCommand.run(path: directory + "/" + name, name: name, isStopped: isStopped)
    guard let restoreCommand else { return }
    let fetched = directory + "/" + name + Self.fetchedSuffix
    unsafe unlink(fetched)
    defer { unsafe unlink(fetched) }
    try restoreCommand.run(path: fetched, name: name, isStopped: isStopped)
    guard try Self.sha256(of: fetched) == sha256 else {
      throw FileError(
        .shipment,
        "archive_command said that \(name) was stored, but restore_command fetched something else:"
          + " check both commands and the destination")
    }
  }

  static let fetchedSuffix = ".fetched" + AtomicFile.temporarySuffix

  /// The name stands in a shell command, and a table's owner has chosen it: PostgreSQL's archiver
  /// has the same rule.
  private static func check(_ name: String) throws(FileError) {
    let isPlain = name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "-"):
        true
      default: false
      }
    }
    guard isPlain, !name.hasPrefix("-"), !name.hasPrefix(".") else {
      throw FileError(
        .unsupported,
        "\(name) cannot stand in archive_command: only letters, digits, . _ and - are safe there;"
          + " rename the table")
    }
  }

  private static func sha256(of path: String) throws(FileError) -> String {
    let descriptor = SystemCall.open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW)
    guard descriptor >= 0 else {
      throw FileError(
        .shipment, "restore_command ended with 0 and left no file at \(path): check %p in it")
    }
    defer { close(descriptor) }
    return try FileDigest.sha256(descriptor, path)
  }
}
