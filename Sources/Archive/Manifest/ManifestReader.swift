// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Digest
import Files
import JSON

/// Turns the bytes of a manifest into a `Manifest`, or says what is wrong with them.
enum ManifestReader {
  static func manifest(_ bytes: [UInt8]) throws(ManifestError) -> Manifest {
    let parser = JSONParser()
    let result: Result<Manifest, ManifestError> = unsafe bytes.withUnsafeBytes { bytes in
      do throws(ManifestError) {
        let tape: JSONTape
        do throws(JSONError) { tape = try unsafe parser.parse(bytes) } catch {
          throw ManifestError(reason: "it is not the JSON that was written (\(error))")
        }
        let root = ManifestNode(tape: tape, index: 0, name: "the manifest")
        try checkVersion(root)
        try unsafe checkDigest(root, bytes)
        return .success(try manifest(root))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  private static func checkVersion(_ root: ManifestNode) throws(ManifestError) {
    guard try root["tool"].string == Manifest.toolName else {
      throw ManifestError(reason: "another tool wrote it")
    }
    let version = try root["format_version"].integer
    guard version == Manifest.formatVersion else {
      throw ManifestError(
        reason: "it has format version \(version), and this program knows"
          + " \(Manifest.formatVersion): use the release that wrote it")
    }
  }

  /// Everything before the last line is covered by it.
  private static func checkDigest(
    _ root: ManifestNode, _ bytes: UnsafeRawBufferPointer
  ) throws(ManifestError) {
    let digest = try root[Manifest.digestKey].string
    let end = Array("  \"\(Manifest.digestKey)\": \"\(digest)\"\n}\n".utf8)
    guard bytes.count > end.count, unsafe bytes.suffix(end.count).elementsEqual(end),
      unsafe SHA256.hex(of: Array(bytes.dropLast(end.count))) == digest
    else { throw ManifestError(reason: "it was changed after it had been written") }
  }

  private static func manifest(_ root: ManifestNode) throws(ManifestError) -> Manifest {
    let manifest = Manifest(
      toolVersion: try root["tool_version"].string,
      serverVersion: try root["server_version"].string,
      database: Manifest.Database(
        systemIdentifier: try systemIdentifier(root["database"]),
        name: try root["database"]["name"].string),
      schema: try root["schema"].string, table: try root["table"].string,
      partition: try root["partition"].string,
      lower: try root["from"].timestamp, upper: try root["to"].timestamp,
      keyColumn: try root["partition_key"].string, columns: try columns(root["columns"]),
      rowCount: try root["rows"].count, keyRange: try keyRange(root),
      sums: try sums(root),
      content: Manifest.Content(
        sha256: try root["content"]["sha256"].sha256,
        byteCount: try root["content"]["bytes"].count),
      file: try file(root["file"]), createdAt: try root["created_at"].timestamp)
    // What is computed with them later cannot overflow, and a row has two bytes at least.
    guard manifest.content.byteCount <= ArchiveLimits.contentBytesMax,
      manifest.rowCount <= manifest.content.byteCount / 2
    else { throw ManifestError(reason: "it has more bytes or rows than an archive can have") }
    guard Manifest.isName(manifest.file.name, of: manifest.partition) else {
      throw ManifestError(reason: "the file has another name than the partition")
    }
    return manifest
  }

  private static func systemIdentifier(_ node: ManifestNode) throws(ManifestError) -> String? {
    let value = try node["system_identifier"]
    return value.isNull ? nil : try value.string
  }

  private static func file(_ node: ManifestNode) throws(ManifestError) -> Manifest.File {
    let name = try node["name"].string
    guard ManifestFile.isFileName(name) else {
      throw ManifestError(reason: "the file's name is not one of a file beside the manifest")
    }
    let frames = try node["frames"].count
    guard frames <= ArchiveLimits.framesMax else {
      throw ManifestError(reason: "it has more than \(ArchiveLimits.framesMax) frames")
    }
    return Manifest.File(
      name: name, sha256: try node["sha256"].sha256, byteCount: try node["bytes"].count,
      frameCount: Int(frames))
  }

  private static func columns(_ node: ManifestNode) throws(ManifestError) -> [ArchiveColumn] {
    var columns: [ArchiveColumn] = []
    for item in try node.items {
      columns.append(
        ArchiveColumn(
          name: try item["name"].string, type: try item["type"].string,
          isNotNull: try item["not_null"].boolean))
    }
    return columns
  }

  private static func keyRange(
    _ root: ManifestNode
  ) throws(ManifestError) -> ClosedRange<Timestamp>? {
    let (low, high) = (try root["key_min"], try root["key_max"])
    if low.isNull && high.isNull { return nil }
    let (first, last) = (try low.timestamp, try high.timestamp)
    guard first <= last else { throw ManifestError(reason: "key_min lies after key_max") }
    return first...last
  }

  private static func sums(_ root: ManifestNode) throws(ManifestError) -> ArchiveSums {
    var totals: [ArchiveSums.Total] = []
    for item in try root["totals"].items { totals.append(try total(item.items[...])) }
    let groupNode = try root["groups"]
    guard !groupNode.isNull else { return ArchiveSums(totals: totals, groups: nil) }
    var groups: [ArchiveSums.Group] = []
    for item in try groupNode.items {
      let items = try item.items
      guard let tenant = items.first else { throw ManifestError(reason: "a group is empty") }
      groups.append(
        ArchiveSums.Group(tenant: try tenant.string, total: try total(items.dropFirst())))
    }
    return ArchiveSums(totals: totals, groups: groups)
  }

  private static func total(
    _ items: ArraySlice<ManifestNode>
  ) throws(ManifestError) -> ArchiveSums.Total {
    guard items.count == 3, let currency = items.first, let cost = items.last else {
      throw ManifestError(reason: "a total is not currency, rows and amount")
    }
    return ArchiveSums.Total(
      currency: currency.isNull ? nil : try currency.string,
      rows: try items[items.startIndex + 1].count,
      cost: cost.isNull ? nil : try cost.amount)
  }
}
