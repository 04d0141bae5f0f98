// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Digest
package import Files
import JSON

extension ExportManifest {
  /// Reads a manifest, whoever wrote it: everything that is used later is checked.
  package static func read(_ path: String) throws(FileError) -> ExportManifest {
    let bytes = try ManifestFile.load(path)
    let parser = JSONParser()
    let result: Result<ExportManifest, ManifestError> = unsafe bytes.withUnsafeBytes { bytes in
      do throws(ManifestError) {
        let tape: JSONTape
        do throws(JSONError) { tape = try unsafe parser.parse(bytes) } catch {
          throw ManifestError(reason: "it is no JSON (\(error))")
        }
        let root = ManifestNode(tape: tape, index: 0, name: "the manifest")
        try checkKind(root)
        try unsafe checkDigest(root, bytes)
        return .success(try parse(root))
      } catch {
        return .failure(error)
      }
    }
    do throws(ManifestError) { return try result.get() } catch {
      throw FileError(
        .damaged(nil), "\(path) is no manifest of an export that can be used: \(error.reason)")
    }
  }

  private static func checkKind(_ root: ManifestNode) throws(ManifestError) {
    guard try root["kind"].string == kind, try root["format_version"].integer == formatVersion
    else { throw ManifestError(reason: "another program or version wrote it") }
  }

  /// Everything before the last line is covered by it.
  private static func checkDigest(
    _ root: ManifestNode, _ bytes: UnsafeRawBufferPointer
  ) throws(ManifestError) {
    let digest = try root[digestKey].string
    let end = Array("  \"\(digestKey)\": \"\(digest)\"\n}\n".utf8)
    guard bytes.count > end.count, unsafe bytes.suffix(end.count).elementsEqual(end),
      unsafe SHA256.hex(of: Array(bytes.dropLast(end.count))) == digest
    else { throw ManifestError(reason: "it was changed after it had been written") }
  }

  private static func parse(_ root: ManifestNode) throws(ManifestError) -> ExportManifest {
    guard let first = Month(try root["first_month"].string),
      let last = Month(try root["last_month"].string),
      let granularity = ExportRequest.Granularity(rawValue: try root["by"].string),
      let basis = ExportRequest.Basis(rawValue: try root["basis"].string)
    else { throw ManifestError(reason: "months, by or basis are not understood") }
    let name = try root["file"]["name"].string
    guard ManifestFile.isFileName(name) else { throw ManifestError(reason: "the file has no name") }
    var tally = ExportTally()
    tally.rows = try root["rows"].count
    tally.costs = try costs(root["costs"])
    tally.leftOutRows = try root["left_out_rows"].count
    tally.leftOutRequests = try root["left_out_requests"].integer
    return ExportManifest(
      toolVersion: try root["tool_version"].string, format: try root["format"].string,
      first: first, last: last, granularity: granularity, basis: basis,
      tenant: try optional(root["tenant_id"]), isRaw: try root["raw"].boolean,
      facts: try facts(root), tally: tally, fileName: name,
      byteCount: try root["file"]["bytes"].count, sha256: try root["file"]["sha256"].sha256,
      createdAt: try root["created_at"].timestamp)
  }

  private static func facts(_ root: ManifestNode) throws(ManifestError) -> ExportFacts {
    var facts = ExportFacts()
    facts.databaseName = try root["database"]["name"].string
    facts.systemIdentifier = try optional(root["database"]["system_identifier"])
    facts.serverVersion = try root["database"]["server_version"].string
    facts.schemaVersion = try root["schema_version"].count
    facts.priceVersion = try root["price_version"].count
    facts.asOf = try root["as_of"].string
    facts.watermark = try optional(root["watermark"]["committed_at"])
    facts.watermarkBatch = try optional(root["watermark"]["batch_id"])
    facts.fingerprint = try root["data_fingerprint"].sha256
    facts.statements = try root["statements"].items.map { (node) throws(ManifestError) in
      ExportFacts.Statement(
        month: try node["month"].string, version: try node["version"].count,
        sha256: try node["sha256"].sha256)
    }
    return facts
  }

  private static func optional(_ node: ManifestNode) throws(ManifestError) -> String? {
    node.isNull ? nil : try node.string
  }
}
