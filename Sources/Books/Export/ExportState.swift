// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Digest
import Files
import JSON
import Text

/// Where an unfinished export stands: what its temporary file holds, and behind which line.
///
/// Written beside the temporary file each time that its content has reached the disk.
struct ExportState {
  static let suffix = ".state"

  var fingerprint: String
  var key: [String]
  var byteCount: Int64
  /// Of the first `byteCount` bytes.
  var sha256: String
  var tally: ExportTally

  var text: String {
    let costs = tally.costs.sorted { $0.key < $1.key }.map {
      "[\(JSONText.string($0.key)), \(JSONText.string($0.value.description))]"
    }
    return """
      {"fingerprint": \(JSONText.string(fingerprint)),
       "key": [\(key.map { JSONText.string($0) }.joined(separator: ", "))],
       "bytes": \(byteCount), "sha256": \(JSONText.string(sha256)), "rows": \(tally.rows),
       "costs": [\(costs.joined(separator: ", "))],
       "left_out_rows": \(tally.leftOutRows), "left_out_requests": \(tally.leftOutRequests)}

      """
  }

  /// Nil when there is none, or none that can be used.
  static func read(_ path: String) -> ExportState? {
    guard let bytes = try? ManifestFile.load(path) else { return nil }
    let parser = JSONParser()
    return unsafe bytes.withUnsafeBytes { bytes in
      guard let tape = try? unsafe parser.parse(bytes) else { return nil }
      return try? parse(ManifestNode(tape: tape, index: 0, name: "the state"))
    }
  }

  private static func parse(_ root: ManifestNode) throws(ManifestError) -> ExportState {
    var tally = ExportTally()
    tally.rows = try root["rows"].count
    tally.leftOutRows = try root["left_out_rows"].count
    tally.leftOutRequests = try root["left_out_requests"].integer
    tally.costs = try ExportManifest.costs(root["costs"])
    let key = try root["key"].items.map { (node) throws(ManifestError) in try node.string }
    guard key.count == ExportSQL.keys.count else { throw ManifestError(reason: "another key") }
    return ExportState(
      fingerprint: try root["fingerprint"].sha256, key: key, byteCount: try root["bytes"].count,
      sha256: try root["sha256"].sha256, tally: tally)
  }
}
