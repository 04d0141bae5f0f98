// SPDX-License-Identifier: Apache-2.0
import Files

/// The sizes of all frames, in order: the last, skippable frame of a file in zstd's seekable format
/// (contrib/seekable_format/zstd_seekable_compression_format.md), which zstd itself passes over.
struct SeekTable: Sendable, Equatable {
  struct Entry: Sendable, Equatable {
    let fileBytes: UInt32
    let contentBytes: UInt32
  }

  private(set) var entries: [Entry] = []

  static let footerBytes = 9
  private static let headerBytes = 8
  private static let entryBytes = 8
  private static let skippableMagic: UInt32 = 0x184D_2A5E
  private static let seekableMagic: UInt32 = 0x8F92_EAB1

  mutating func append(fileBytes: Int, contentBytes: Int) throws(FileError) -> Entry {
    guard entries.count < ArchiveLimits.framesMax else {
      throw FileError(
        .unsupported,
        "more than \(ArchiveLimits.framesMax) frames (about 2 TiB) in one archive: cut the table"
          + " into smaller partitions")
    }
    let entry = Entry(
      fileBytes: UInt32(truncatingIfNeeded: fileBytes),
      contentBytes: UInt32(truncatingIfNeeded: contentBytes))
    entries.append(entry)
    return entry
  }

  /// The whole skippable frame.
  var bytes: [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(byteCount)
    func append(_ value: UInt32) {
      for shift in [0, 8, 16, 24] { result.append(UInt8(truncatingIfNeeded: value >> shift)) }
    }
    append(Self.skippableMagic)
    append(UInt32(byteCount - Self.headerBytes))
    for entry in entries {
      append(entry.fileBytes)
      append(entry.contentBytes)
    }
    append(UInt32(entries.count))
    result.append(0)  // the descriptor: entries have no checksum, because frames have one
    append(Self.seekableMagic)
    return result
  }

  var byteCount: Int { Self.byteCount(frames: entries.count) }

  static func byteCount(frames: Int) -> Int {
    headerBytes + frames * entryBytes + footerBytes
  }

  /// Bytes of the whole skippable frame, from the last 9 of the file; nil if they are not a footer.
  static func byteCount(footer: UnsafeRawBufferPointer) -> Int? {
    guard footer.count == footerBytes, unsafe footer[4] == 0,
      unsafe load(footer, 5) == seekableMagic
    else {
      return nil
    }
    let frames = unsafe Int(load(footer, 0))
    return frames <= ArchiveLimits.framesMax ? byteCount(frames: frames) : nil
  }

  /// Nil when the bytes are not one whole seek table whose frames fill `framesBytes` exactly, each
  /// within the limits.
  init?(_ bytes: UnsafeRawBufferPointer, framesBytes: Int64) {
    guard bytes.count >= Self.headerBytes + Self.footerBytes,
      unsafe Self.byteCount(
        footer: UnsafeRawBufferPointer(rebasing: bytes.suffix(Self.footerBytes))) == bytes.count,
      unsafe Self.load(bytes, 0) == Self.skippableMagic,
      unsafe Int(Self.load(bytes, 4)) == bytes.count - Self.headerBytes
    else { return nil }
    let frames = unsafe Int(Self.load(bytes, bytes.count - Self.footerBytes))
    let fileBytesMax = ZstdCompressor.bound(ArchiveLimits.frameContentBytesMax)
    var total: Int64 = 0
    entries.reserveCapacity(frames)
    for index in 0..<frames {
      let offset = Self.headerBytes + index * Self.entryBytes
      let entry = unsafe Entry(
        fileBytes: Self.load(bytes, offset), contentBytes: Self.load(bytes, offset + 4))
      guard (1...fileBytesMax).contains(Int(entry.fileBytes)),
        (1...ArchiveLimits.frameContentBytesMax).contains(Int(entry.contentBytes))
      else { return nil }
      total += Int64(entry.fileBytes)
      entries.append(entry)
    }
    guard total == framesBytes else { return nil }
  }

  init() {}

  private static func load(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt32 {
    unsafe UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }
}
