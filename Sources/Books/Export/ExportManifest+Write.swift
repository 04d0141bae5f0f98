// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Digest
import Files
import Text

extension ExportManifest {
  /// In a fixed order, one member a line.
  package var text: String {
    let body = "{\n" + members.map { "  \(JSONText.string($0.key)): \($0.value),\n" }.joined()
    return body + "  \"\(Self.digestKey)\": \"\(SHA256.hex(of: Array(body.utf8)))\"\n}\n"
  }

  private var members: [(key: String, value: String)] {
    let costs = tally.costs.sorted { $0.key < $1.key }.map {
      "[\(JSONText.string($0.key)), \(JSONText.string($0.value.description))]"
    }
    let statements = facts.statements.map {
      "{\"month\": \(JSONText.string($0.month)), \"version\": \($0.version),"
        + " \"sha256\": \(JSONText.string($0.sha256))}"
    }
    return [
      ("kind", JSONText.string(Self.kind)),
      ("format_version", String(Self.formatVersion)),
      ("tool_version", JSONText.string(toolVersion)),
      ("format", JSONText.string(format)),
      ("first_month", JSONText.string(first.description)),
      ("last_month", JSONText.string(last.description)),
      ("by", JSONText.string(granularity.rawValue)),
      ("basis", JSONText.string(basis.rawValue)),
      ("tenant_id", JSONText.string(tenant)),
      ("raw", String(isRaw)),
      ("rows", String(tally.rows)),
      ("costs", JSONText.lines(costs)),
      ("left_out_rows", String(tally.leftOutRows)),
      ("left_out_requests", String(tally.leftOutRequests)),
      (
        "file",
        "{\"name\": \(JSONText.string(fileName)), \"bytes\": \(byteCount),"
          + " \"sha256\": \(JSONText.string(sha256))}"
      ),
      (
        "database",
        "{\"system_identifier\": \(JSONText.string(facts.systemIdentifier)),"
          + " \"name\": \(JSONText.string(facts.databaseName)),"
          + " \"server_version\": \(JSONText.string(facts.serverVersion))}"
      ),
      ("schema_version", String(facts.schemaVersion)),
      ("price_version", String(facts.priceVersion)),
      ("as_of", JSONText.string(facts.asOf)),
      (
        "watermark",
        "{\"committed_at\": \(JSONText.string(facts.watermark)),"
          + " \"batch_id\": \(JSONText.string(facts.watermarkBatch))}"
      ),
      ("statements", JSONText.lines(statements)),
      ("data_fingerprint", JSONText.string(facts.fingerprint)),
      ("created_at", JSONText.string(createdAt.description)),
    ]
  }

  /// Puts it on the disk beside its file.
  func write(to directory: String) throws(FileError) {
    var file = try AtomicFile(directory: directory, name: fileName + Self.suffix)
    try file.append(Array(text.utf8))
    try file.commit()
  }
}
