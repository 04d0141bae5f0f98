// SPDX-License-Identifier: Apache-2.0

/// One row of an answer, as text; a column that our own query must have given is trusted to be
/// there.
struct ResultRow {
  let values: [String?]

  func text(_ column: Int) -> String { values[column] ?? "" }
  func optional(_ column: Int) -> String? { values[column] }
  func integer(_ column: Int) -> Int64 { values[column].flatMap { Int64($0) } ?? 0 }
}
