// SPDX-License-Identifier: Apache-2.0
import Files
import Foundation
import Testing

@testable import Archive

/// Files appear whole or not at all.
@Suite struct AtomicFileTests {
  private func names(_ directory: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
  }

  @Test func nothingIsThereBeforeTheCommit() throws {
    try Sample.withDirectory { directory in
      do {
        var file = try AtomicFile(directory: directory, name: "a")
        try file.append([1, 2, 3])
        #expect(try names(directory) == ["a.tmp"])
      }
      #expect(try names(directory).isEmpty)
      var file = try AtomicFile(directory: directory, name: "a")
      try file.append([1, 2, 3])
      try file.commit()
      #expect(try names(directory) == ["a"])
      #expect(try Sample.read(directory + "/a") == [1, 2, 3])
    }
  }

  @Test func whatAKilledRunHasLeftIsReplaced() throws {
    try Sample.withDirectory { directory in
      try Sample.write([UInt8](repeating: 9, count: 100), directory + "/a.tmp")
      var file = try AtomicFile(directory: directory, name: "a")
      try file.append([1])
      try file.commit()
      #expect(try names(directory) == ["a"])
      #expect(try Sample.read(directory + "/a") == [1])
    }
  }

  @Test func twoWritersOfOneFileAreKeptApart() throws {
    try Sample.withDirectory { directory in
      let first = try AtomicFile(directory: directory, name: "a")
      let error = #expect(throws: FileError.self) {
        _ = try AtomicFile(directory: directory, name: "a")
      }
      #expect(error?.kind == .exists)
      #expect(try names(directory) == ["a.tmp"])
      #expect(first.byteCount == 0)
    }
  }

  @Test func onlyItsOwnerReadsIt() throws {
    try Sample.withDirectory { directory in
      try Sample.write([1], directory + "/a.tmp")
      #expect(chmod(directory + "/a.tmp", 0o644) == 0)
      var file = try AtomicFile(directory: directory, name: "a")
      try file.commit()
      let attributes = try FileManager.default.attributesOfItem(atPath: directory + "/a")
      #expect(attributes[.posixPermissions] as? Int == 0o600)
    }
  }

  /// Only root may give a file away.
  @Test(.enabled(if: geteuid() == 0)) func anotherUsersFileIsNotWrittenInto() throws {
    try Sample.withDirectory { directory in
      try Sample.write([1], directory + "/a.tmp")
      #expect(chown(directory + "/a.tmp", 65534, 65534) == 0)
      let error = #expect(throws: FileError.self) {
        _ = try AtomicFile(directory: directory, name: "a")
      }
      #expect(error?.kind == .exists)
      #expect(error?.message.contains("another user's") == true)
      #expect(try Sample.read(directory + "/a.tmp") == [1])
    }
  }

  @Test func anExistingArchiveIsReplacedOnlyOnRequest() throws {
    try Sample.withDirectory { directory in
      let first = try Sample.archive(Sample.stream(rows: 10), in: directory)
      let error = #expect(throws: FileError.self) {
        _ = try Sample.archive(Sample.stream(rows: 20), in: directory)
      }
      #expect(error?.kind == .exists)
      let path = directory + "/p" + Manifest.manifestSuffix
      #expect(try ArchiveVerification.run(manifestPath: path) == first)
      let second = try Sample.archive(Sample.stream(rows: 20), in: directory, replaces: true)
      #expect(try ArchiveVerification.run(manifestPath: path) == second)
    }
  }

  /// A file system of 1 MiB, where we may mount one.
  @Test func aFullDiskIsNamedAndLeavesNothing() throws {
    try Sample.withDirectory { directory in
      let mounted = try run("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", directory])
      guard mounted else { return }
      defer { _ = try? run("umount", [directory]) }
      let error = #expect(throws: FileError.self) {
        _ = try Sample.archive(Sample.stream(rows: 60_000), in: directory)
      }
      #expect(error?.kind == .noSpace)
      #expect(error?.message.contains("archive_dir") == true)
      #expect(try names(directory).isEmpty)
    }
  }

  private func run(_ program: String, _ arguments: [String]) throws -> Bool {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus == 0
  }
}
