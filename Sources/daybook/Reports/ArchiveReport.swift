// SPDX-License-Identifier: Apache-2.0
import Archive
import CopyFormat

/// Manifests as `daybook archive` prints them.
enum ArchiveReport {
  static func members(_ manifest: Manifest, path: String) -> [JSONValue.Member] {
    let members: KeyValuePairs<String, JSONValue> = [
      "manifest": .string(path), "schema": .string(manifest.schema),
      "table": .string(manifest.table), "partition": .string(manifest.partition),
      "from": .string(manifest.lower.description), "to": .string(manifest.upper.description),
      "rows": .integer(manifest.rowCount), "content_bytes": .integer(manifest.content.byteCount),
      "content_sha256": .string(manifest.content.sha256),
      "file_bytes": .integer(manifest.file.byteCount),
      "file_sha256": .string(manifest.file.sha256),
      "created_at": .string(manifest.createdAt.description),
    ]
    return members.map { JSONValue.Member(name: $0.key, value: $0.value) }
  }

  static let columns: [TableColumn] = [
    .text("table"), .text("partition"), .text("from"), .text("to"), .number("rows"),
    .number("content_bytes"), .number("file_bytes"), .number("ratio"), .text("created_at"),
  ]

  static func row(_ manifest: Manifest) -> [String?] {
    [
      manifest.table, manifest.partition, manifest.lower.description, manifest.upper.description,
      String(manifest.rowCount), String(manifest.content.byteCount),
      String(manifest.file.byteCount), ratio(manifest), manifest.createdAt.description,
    ]
  }

  /// With one decimal: content bytes for each byte of the file.
  private static func ratio(_ manifest: Manifest) -> String {
    let tenths = Int128(manifest.content.byteCount) * 10 / Int128(max(1, manifest.file.byteCount))
    return "\(tenths / 10).\(tenths % 10)"
  }
}
