// SPDX-License-Identifier: Apache-2.0
import CopyFormat

/// One row of an answer, as text; a column that our own query must have given is trusted to be
/// there.
struct CatalogRow {
  let values: [String?]

  func text(_ column: Int) -> String { values[column] ?? "" }
  func optional(_ column: Int) -> String? { values[column] }
  func integer(_ column: Int) -> Int64 { values[column].flatMap { Int64($0) } ?? 0 }
  func isTrue(_ column: Int) -> Bool { values[column] == "t" }

  /// Microseconds since 1970; nil for NULL.
  func time(_ column: Int) -> Timestamp? {
    values[column].flatMap { Int64($0) }.map { Timestamp(unixMicroseconds: $0) }
  }

  /// Items of a list that the query joined with `CatalogSQL.itemSeparator`.
  func list(_ column: Int) -> [String] {
    text(column).split(separator: "\u{1E}").map(String.init)
  }

  /// Holds as `id US placed_by US matter`.
  func holds(_ column: Int) -> [PartitionHold] {
    list(column).compactMap { item in
      let parts = item.split(separator: "\u{1F}", omittingEmptySubsequences: false)
      guard parts.count == 3, let id = Int64(parts[0]) else { return nil }
      return PartitionHold(
        id: id, placedBy: String(parts[1]), matter: parts[2].isEmpty ? nil : String(parts[2]))
    }
  }
}
