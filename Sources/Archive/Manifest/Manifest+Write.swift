// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Digest
import Files
import Text

extension Manifest {
  /// Writes the manifest beside its file, under its temporary name.
  func writeTemporary(to directory: String) throws(FileError) -> AtomicFile {
    let bytes = Array(text.utf8)
    guard bytes.count <= ManifestFile.bytesMax else {
      throw FileError(
        .unsupported,
        "the manifest of \(partition) has more than \(ManifestFile.bytesMax) bytes")
    }
    var file = try AtomicFile(directory: directory, name: manifestName)
    try file.append(bytes)
    return file
  }

  /// The same manifest always has the same text: fixed order, one column and one sum a line.
  package var text: String {
    let body = "{\n" + members.map { "  \(JSONText.string($0.key)): \($0.value),\n" }.joined()
    return body + "  \"\(Self.digestKey)\": \"\(SHA256.hex(of: Array(body.utf8)))\"\n}\n"
  }

  /// The last key: the SHA-256 of all bytes before its line.
  static let digestKey = "manifest_sha256"
  static let toolName = "daybook"

  private var members: [(key: String, value: String)] {
    [
      ("format_version", String(Self.formatVersion)),
      ("tool", JSONText.string(Self.toolName)),
      ("tool_version", JSONText.string(toolVersion)),
      ("server_version", JSONText.string(serverVersion)),
      (
        "database",
        "{\"system_identifier\": \(JSONText.string(database.systemIdentifier)), "
          + "\"name\": \(JSONText.string(database.name))}"
      ),
      ("schema", JSONText.string(schema)),
      ("table", JSONText.string(table)),
      ("partition", JSONText.string(partition)),
      ("from", JSONText.string(lower.description)),
      ("to", JSONText.string(upper.description)),
      ("partition_key", JSONText.string(keyColumn)),
      ("columns", JSONText.lines(columns.map(Self.line))),
      ("rows", String(rowCount)),
      ("key_min", JSONText.string(keyRange?.lowerBound.description)),
      ("key_max", JSONText.string(keyRange?.upperBound.description)),
      ("totals", JSONText.lines(sums.totals.map { "[" + Self.items($0) + "]" })),
      (
        "groups",
        sums.groups.map {
          JSONText.lines(
            $0.map { "[" + JSONText.string($0.tenant) + ", " + Self.items($0.total) + "]" })
        } ?? "null"
      ),
      (
        "content",
        "{\"sha256\": \(JSONText.string(content.sha256)), \"bytes\": \(content.byteCount)}"
      ),
      (
        "file",
        "{\"name\": \(JSONText.string(file.name)), \"sha256\": \(JSONText.string(file.sha256)), "
          + "\"bytes\": \(file.byteCount), \"frames\": \(file.frameCount)}"
      ),
      ("created_at", JSONText.string(createdAt.description)),
    ]
  }

  private static func line(_ column: ArchiveColumn) -> String {
    "{\"name\": \(JSONText.string(column.name)), \"type\": \(JSONText.string(column.type)), "
      + "\"not_null\": \(column.isNotNull)}"
  }

  /// Currency, rows, amount: money is a string, because a JSON number is a float for most readers.
  private static func items(_ total: ArchiveSums.Total) -> String {
    "\(JSONText.string(total.currency)), \(total.rows), \(JSONText.string(total.cost?.description))"
  }
}
