// SPDX-License-Identifier: Apache-2.0
import Books
import CopyFormat

/// An export in words and as JSON.
enum ExportReport {
  static func line(_ manifest: ExportManifest) -> String {
    let costs = manifest.tally.costs.sorted { $0.key < $1.key }
      .map { "\($0.value.description) \($0.key)" }
    return "\(Progress.grouped(manifest.tally.rows)) rows"
      + (costs.isEmpty ? "" : ", " + costs.joined(separator: ", "))
  }

  static func json(_ manifest: ExportManifest, _ path: String) -> JSONValue {
    .object([
      "manifest": .string(path), "file": .string(manifest.fileName),
      "format": .string(manifest.format), "rows": .integer(manifest.tally.rows),
      "costs": .object(
        manifest.tally.costs.sorted { $0.key < $1.key }.map {
          .init(name: $0.key, value: .string($0.value.description))
        }),
      "left_out_requests": .integer(manifest.tally.leftOutRequests),
      "bytes": .integer(manifest.byteCount), "sha256": .string(manifest.sha256),
      "as_of": .string(manifest.facts.asOf),
    ])
  }
}
