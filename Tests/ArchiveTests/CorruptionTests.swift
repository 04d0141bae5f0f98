// SPDX-License-Identifier: Apache-2.0
import Files
import Foundation
import Testing

@testable import Archive

/// Whatever happens to the bytes of an archive, the verification finds it and never traps.
@Suite struct CorruptionTests {
  private func verify(_ directory: String, _ partition: String = "p") throws(FileError) {
    _ = try ArchiveVerification.run(
      manifestPath: directory + "/" + partition + Manifest.manifestSuffix)
  }

  private func damage(_ directory: String, _ partition: String = "p") -> FileError? {
    do throws(FileError) { try verify(directory, partition) } catch { return error }
    return nil
  }

  @Test func anUntouchedArchiveIsGood() throws {
    for rows in [0, 1, 1000, 100_000] {
      try Sample.withDirectory { directory in
        let stream = Sample.stream(rows: rows)
        let manifest = try Sample.archive(stream, in: directory)
        #expect(damage(directory) == nil)
        #expect(manifest.rowCount == Int64(rows))
        #expect(manifest.file.frameCount == max(1, (stream.count + (2 << 20) - 1) >> 21))
        let path = directory + "/p" + Manifest.manifestSuffix
        #expect(try Manifest.read(path) == manifest)
        var content: [UInt8] = []
        _ = try ArchiveVerification.read(manifestPath: path, progress: { _ in }) {
          (part) throws(FileError) in
          content += part
        }
        #expect(content == stream)
      }
    }
  }

  @Test func everyMutationOfTheFileIsFound() throws {
    try Sample.withDirectory { directory in
      _ = try Sample.archive(Sample.stream(rows: 60_000), in: directory)
      let path = directory + "/p" + Manifest.fileSuffix
      let good = try Sample.read(path)
      var random = Random(state: 42)
      for _ in 0..<300 {
        var bytes = good
        switch random.next() % 4 {
        case 0: bytes.removeLast(Int.random(in: 1...bytes.count, using: &random))
        case 1: bytes += (0...random.next() % 40).map { _ in UInt8(random.next() % 256) }
        default:
          let index = Int.random(in: 0..<bytes.count, using: &random)
          bytes[index] ^= 1 << UInt8(random.next() % 8)
        }
        try Sample.write(bytes, path)
        guard case .damaged? = damage(directory)?.kind else {
          Issue.record("a mutation was not found")
          return
        }
      }
      // Each bit of the end of the last frame and of the seek table.
      for index in good.count - 60..<good.count {
        var bytes = good
        bytes[index] ^= 1
        try Sample.write(bytes, path)
        #expect(damage(directory) != nil)
      }
    }
  }

  @Test func everyMutationOfTheManifestIsFound() throws {
    try Sample.withDirectory { directory in
      _ = try Sample.archive(Sample.stream(rows: 100), in: directory)
      let path = directory + "/p" + Manifest.manifestSuffix
      let good = try Sample.read(path)
      for index in good.indices {
        var bytes = good
        bytes[index] ^= 1
        try Sample.write(bytes, path)
        #expect(damage(directory) != nil)
      }
      for count in good.indices {
        try Sample.write(Array(good[..<count]), path)
        #expect(damage(directory) != nil)
      }
    }
  }

  @Test func thePositionOfTheFirstBadFrameIsNamed() throws {
    try Sample.withDirectory { directory in
      let manifest = try Sample.archive(Sample.stream(rows: 100_000), in: directory)
      #expect(manifest.file.frameCount >= 4)
      let path = directory + "/p" + Manifest.fileSuffix
      var bytes = try Sample.read(path)
      let file = try ArchiveFile(
        directory: directory, manifest.file, contentBytes: manifest.content.byteCount)
      let offset = Int(file.table.entries[0].fileBytes) + Int(file.table.entries[1].fileBytes)
      bytes[offset + 1000] ^= 0x10
      try Sample.write(bytes, path)
      let expected = FilePosition(
        frame: 2, fileOffset: Int64(offset), contentOffset: Int64(4 << 20))
      #expect(damage(directory)?.kind == .damaged(expected))
    }
  }

  @Test func swappedEmptiedAndMissingFilesAreFound() throws {
    try Sample.withDirectory { directory in
      _ = try Sample.archive(Sample.stream(rows: 500), in: directory, partition: "a")
      _ = try Sample.archive(Sample.stream(rows: 600), in: directory, partition: "b")
      let (a, b) = (directory + "/a" + Manifest.fileSuffix, directory + "/b" + Manifest.fileSuffix)
      let bytes = try Sample.read(a)
      try Sample.write(try Sample.read(b), a)
      try Sample.write(bytes, b)
      #expect(damage(directory, "a") != nil)
      #expect(damage(directory, "b") != nil)
      try Sample.write([], a)
      #expect(damage(directory, "a") != nil)
      try FileManager.default.removeItem(atPath: a)
      #expect(damage(directory, "a")?.kind == .missing)
    }
  }

  /// Frames in another order: each is good by itself, and so is the sum of their sizes.
  @Test func exchangedFramesAreFound() throws {
    try Sample.withDirectory { directory in
      let manifest = try Sample.archive(Sample.stream(rows: 100_000), in: directory)
      let path = directory + "/p" + Manifest.fileSuffix
      let bytes = try Sample.read(path)
      let file = try ArchiveFile(
        directory: directory, manifest.file, contentBytes: manifest.content.byteCount)
      var table = SeekTable()
      var frames: [[UInt8]] = []
      var offset = 0
      for entry in file.table.entries {
        frames.append(Array(bytes[offset..<offset + Int(entry.fileBytes)]))
        offset += Int(entry.fileBytes)
      }
      frames.swapAt(0, 1)
      for (index, frame) in frames.enumerated() {
        let content = Int(file.table.entries[index].contentBytes)
        _ = try table.append(fileBytes: frame.count, contentBytes: content)
      }
      try Sample.write(frames.flatMap { $0 } + table.bytes, path)
      #expect(damage(directory) != nil)
    }
  }

  @Test func aBombIsRefusedBeforeMemoryIsGiven() throws {
    // 4 GiB of zeros declared by a frame of a few bytes, in a table that says the same or lies.
    let header: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0b1110_0100] + [0, 0, 0, 0, 1, 0, 0, 0]
    let frame = header + [0x03, 0, 0, 0, 0, 0, 0]
    for declared in [Int(UInt32.max), ArchiveLimits.frameContentBytesMax + 1, 8 << 20, 1] {
      try Sample.withDirectory { directory in
        var table = SeekTable()
        _ = try table.append(fileBytes: frame.count, contentBytes: declared)
        let bytes = frame + table.bytes
        var manifest = try Sample.archive(Sample.stream(rows: 1), in: directory)
        manifest.file.byteCount = Int64(bytes.count)
        manifest.content.byteCount = Int64(declared)
        try Sample.write(bytes, directory + "/p" + Manifest.fileSuffix)
        try Sample.write(
          Array(manifest.text.utf8), directory + "/p" + Manifest.manifestSuffix)
        guard case .damaged? = damage(directory)?.kind else {
          Issue.record("a bomb of \(declared) bytes was not refused")
          return
        }
      }
    }
  }
}
