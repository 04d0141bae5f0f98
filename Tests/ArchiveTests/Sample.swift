// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Foundation

@testable import Archive

/// A small table with a tenant, a currency and money, its rows as COPY BINARY, and archives of it.
struct Sample {
  static let columns = [
    ArchiveColumn(name: "id", type: "bigint", isNotNull: true),
    ArchiveColumn(name: "occurred_at", type: "timestamp with time zone", isNotNull: true),
    ArchiveColumn(name: "tenant_id", type: "text", isNotNull: true),
    ArchiveColumn(name: "cost", type: "numeric(24,12)", isNotNull: false),
    ArchiveColumn(name: "currency", type: "character(3)", isNotNull: false),
    ArchiveColumn(name: "note", type: "text", isNotNull: false),
  ]
  static let lower = Month(year: 2026, month: 6).start
  static let upper = Month(year: 2026, month: 7).start

  static func identity(
    system: String? = "7", database: String = "d", schema: String = "public", table: String = "t",
    partition: String = "p", upper: Timestamp = upper
  ) -> ArchiveIdentity {
    ArchiveIdentity(
      database: Manifest.Database(systemIdentifier: system, name: database), schema: schema,
      table: table, partition: partition, bounds: lower..<upper)
  }

  static func plan() throws -> CopyPlan {
    try CopyPlan(columns: columns, key: "occurred_at", lower: lower, upper: upper)
  }

  /// `note` is random text, so that it does not compress to nothing.
  static func stream(rows: Int, noteBytes: Int = 40, tenants: Int = 5) -> [UInt8] {
    var random = Random(state: UInt64(rows))
    var buffer = CopyBuffer()
    buffer.beginFile()
    for row in 0..<rows {
      buffer.beginRow(fieldCount: Int16(columns.count))
      buffer.append(int64: Int64(row))
      buffer.append(
        timestamp: Timestamp(microseconds: lower.microseconds + Int64(row) * 1_000_000))
      buffer.append(text: "tenant-\(row % tenants)")
      if row % 7 == 0 {
        buffer.appendNull()
        buffer.appendNull()
      } else {
        buffer.append(amount: Amount(units: Int128(row) * 1_234_567 - 1_000_000))
        buffer.append(text: row % 3 == 0 ? "EUR" : "USD")
      }
      let note = (0..<noteBytes).map { _ in UInt8(97 + random.next() % 26) }
      note.withUnsafeBytes { buffer.append(text: $0) }
    }
    buffer.endFile()
    return Array(buffer.bytes)
  }

  /// Writes an archive of `stream` into a directory.
  static func archive(
    _ stream: [UInt8], in directory: String, partition: String = "p", replaces: Bool = false,
    identity: ArchiveIdentity? = nil
  ) throws -> Manifest {
    let identity = identity ?? Self.identity(partition: partition)
    let writer = try ArchiveWriter(
      directory: directory, identity: identity, columns: columns, key: "occurred_at",
      replaces: replaces)
    var offset = 0
    while offset < stream.count {
      let frame = try writer.emptyFrame()
      frame.byteCount = min(frame.buffer.count, stream.count - offset)
      stream[offset..<offset + frame.byteCount].withUnsafeBytes {
        frame.buffer.copyMemory(from: $0)
      }
      offset += frame.byteCount
      writer.submit(frame)
    }
    let manifest = Manifest(
      of: try writer.finish(), identity: identity, columns: columns, key: "occurred_at",
      serverVersion: "15.0", toolVersion: "test")
    try writer.publish(manifest)
    return manifest
  }

  static func withDirectory(_ body: (String) throws -> Void) throws {
    let directory = FileManager.default.temporaryDirectory
      .appendingPathComponent("daybook-archive-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try body(directory)
  }

  static func read(_ path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  static func write(_ bytes: [UInt8], _ path: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }
}

/// splitmix64: the same seed gives the same mutations.
struct Random: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
