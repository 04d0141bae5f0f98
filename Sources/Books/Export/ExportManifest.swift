// SPDX-License-Identifier: Apache-2.0
package import CopyFormat
import Files

/// What an export is made of and what it holds: `FILE.manifest.json`, for whoever has to trust it.
package struct ExportManifest: Sendable, Equatable {
  static let formatVersion: Int64 = 1
  package static let suffix = ".manifest.json"
  static let kind = "daybook costs export"
  /// The last key: the SHA-256 of all bytes before its line.
  static let digestKey = "manifest_sha256"

  package var toolVersion: String
  package var format: String
  package var first: Month
  package var last: Month
  package var granularity: ExportRequest.Granularity
  package var basis: ExportRequest.Basis
  package var tenant: String?
  package var isRaw: Bool
  package var facts: ExportFacts
  package var tally: ExportTally
  /// Beside the manifest.
  package var fileName: String
  package var byteCount: Int64
  package var sha256: String
  package var createdAt: Timestamp

  /// The sums as the manifest and the state write them: `[["USD", "1.5"]]`.
  static func costs(_ node: ManifestNode) throws(ManifestError) -> [String: Amount] {
    var result: [String: Amount] = [:]
    for item in try node.items {
      let pair = try item.items
      guard pair.count == 2 else { throw ManifestError(reason: "a cost is no pair") }
      result[try pair[0].string] = try pair[1].amount
    }
    return result
  }
}
