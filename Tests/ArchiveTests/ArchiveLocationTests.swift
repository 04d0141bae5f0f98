// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Files
import Foundation
import Testing

@testable import Archive

/// An archive never takes the place of another one that nobody could make again.
@Suite struct ArchiveLocationTests {
  private func paths(_ directory: String) -> (file: String, manifest: String) {
    (directory + "/p" + Manifest.fileSuffix, directory + "/p" + Manifest.manifestSuffix)
  }

  private func move(_ from: String, _ to: String) throws {
    try FileManager.default.moveItem(atPath: from, toPath: to)
  }

  private func refusal(
    _ directory: String, _ identity: ArchiveIdentity? = nil, replaces: Bool = true
  ) -> FileError? {
    #expect(throws: FileError.self) {
      try Sample.archive(
        Sample.stream(rows: 7), in: directory, replaces: replaces, identity: identity)
    }
  }

  @Test func aFileWithoutAManifestStays() throws {
    try Sample.withDirectory { directory in
      let (file, _) = paths(directory)
      try Sample.write([1, 2, 3], file)
      for replaces in [false, true] {
        let error = refusal(directory, replaces: replaces)
        #expect(error?.kind == .exists)
        #expect(error?.message.contains("move it away") == true)
      }
      #expect(try Sample.read(file) == [1, 2, 3])
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory).count == 1)
    }
  }

  @Test func anArchiveOfOtherRowsStays() throws {
    let others = [
      Sample.identity(system: "8"), Sample.identity(database: "e"),
      Sample.identity(schema: "other"), Sample.identity(table: "u"),
      Sample.identity(upper: Month(year: 2026, month: 8).start),
    ]
    try Sample.withDirectory { directory in
      let first = try Sample.archive(Sample.stream(rows: 10), in: directory)
      for other in others {
        let error = refusal(directory, other)
        #expect(error?.kind == .exists)
        #expect(error?.message.contains("is of another database") == true)
      }
      #expect(try ArchiveVerification.run(manifestPath: paths(directory).manifest) == first)
      // Where one of them does not know its cluster, its name decides.
      let second = try Sample.archive(
        Sample.stream(rows: 20), in: directory, replaces: true,
        identity: Sample.identity(system: nil))
      #expect(ArchiveIdentity(first).isSame(as: ArchiveIdentity(second)))
      #expect(try ArchiveVerification.run(manifestPath: paths(directory).manifest) == second)
    }
  }

  @Test func aDamagedManifestStaysWithItsFile() throws {
    try Sample.withDirectory { directory in
      let (file, manifest) = paths(directory)
      _ = try Sample.archive(Sample.stream(rows: 10), in: directory)
      let bytes = try Sample.read(file)
      try Sample.write([0x7B], manifest)
      #expect(refusal(directory)?.kind == .exists)
      #expect(try Sample.read(file) == bytes)
      try FileManager.default.removeItem(atPath: file)
      _ = try Sample.archive(Sample.stream(rows: 7), in: directory, replaces: true)
    }
  }

  @Test func theOldArchiveStaysUntilTheNewOneIsWhole() throws {
    try Sample.withDirectory { directory in
      let manifest = paths(directory).manifest
      let first = try Sample.archive(Sample.stream(rows: 10), in: directory)
      // The new manifest cannot be written.
      let temporary = manifest + AtomicFile.temporarySuffix
      try FileManager.default.createDirectory(
        atPath: temporary, withIntermediateDirectories: false)
      #expect(refusal(directory)?.kind == .inputOutput)
      #expect(try ArchiveVerification.run(manifestPath: manifest) == first)
    }
  }

  /// Killed between the names of file and manifest.
  @Test(arguments: [true, false]) func aKilledRunIsCompleted(replaces: Bool) throws {
    try Sample.withDirectory { directory in
      let manifest = paths(directory).manifest
      let first = try Sample.archive(Sample.stream(rows: 10), in: directory)
      try move(manifest, manifest + AtomicFile.temporarySuffix)
      guard replaces else {
        #expect(refusal(directory, replaces: false)?.message.contains("there already") == true)
        #expect(try ArchiveVerification.run(manifestPath: manifest) == first)
        return
      }
      let second = try Sample.archive(Sample.stream(rows: 20), in: directory, replaces: true)
      #expect(try ArchiveVerification.run(manifestPath: manifest) == second)
    }
  }

  /// Killed when the old manifest was gone and the new file had no name yet.
  @Test func aKilledReplacementIsCompleted() throws {
    try Sample.withDirectory { directory in
      let (file, manifest) = paths(directory)
      _ = try Sample.archive(Sample.stream(rows: 10), in: directory)
      let old = try Sample.read(file)
      let second = try Sample.archive(Sample.stream(rows: 20), in: directory, replaces: true)
      try move(manifest, manifest + AtomicFile.temporarySuffix)
      try move(file, file + AtomicFile.temporarySuffix)
      try Sample.write(old, file)
      #expect(refusal(directory, replaces: false)?.message.contains("there already") == true)
      #expect(try ArchiveVerification.run(manifestPath: manifest) == second)
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory).count == 2)
    }
  }

  /// The manifest that was left belongs to neither file.
  @Test func aForeignFileIsNotTakenForOurs() throws {
    try Sample.withDirectory { directory in
      let (file, manifest) = paths(directory)
      _ = try Sample.archive(Sample.stream(rows: 10), in: directory)
      try move(manifest, manifest + AtomicFile.temporarySuffix)
      var bytes = try Sample.read(file)
      bytes[bytes.count / 2] ^= 1
      try Sample.write(bytes, file)
      #expect(refusal(directory)?.kind == .exists)
      #expect(try Sample.read(file) == bytes)
    }
  }

  @Test func aRowThatCannotBeArchivedIsNoDamage() throws {
    var buffer = CopyBuffer()
    buffer.beginFile()
    buffer.beginRow(fieldCount: Int16(Sample.columns.count))
    buffer.append(int64: 1)
    buffer.append(timestamp: Sample.upper)
    for _ in 2..<Sample.columns.count { buffer.append(text: "") }
    buffer.endFile()
    let stream = Array(buffer.bytes)
    try Sample.withDirectory { directory in
      let error = #expect(throws: FileError.self) {
        try Sample.archive(stream, in: directory)
      }
      #expect(error?.kind == .unsupported)
      #expect(error?.message.contains("row 1") == true)
    }
  }
}
