// SPDX-License-Identifier: Apache-2.0
import CPostgres

/// What the server answered to one string of statements.
///
/// The rows are those of the last statement that returned rows, so that the row of
/// `SELECT apply(…); COMMIT` is not hidden by the COMMIT. Memory is libpq's, freed with this value.
package struct QueryResult: ~Copyable {
  /// Command tag of every statement of the string, in order: "INSERT 0 3", "COPY 5", "COMMIT".
  package private(set) var tags: [String] = []
  private var rows = ResultHandle()

  init() {}

  /// Tag of the last statement.
  ///
  /// A COMMIT of a failed transaction succeeds with tag "ROLLBACK".
  package var commandTag: String { tags.last ?? "" }

  package var rowCount: Int { rows.rowCount }
  package var columnCount: Int { rows.columnCount }

  /// The value in text form; nil for NULL and for a position outside of the result.
  package func text(_ row: Int, _ column: Int) -> String? {
    rows.text(row, column)
  }

  /// Empty for a position outside of the result.
  package func name(of column: Int) -> String { rows.name(of: column) }

  package func int64(_ row: Int, _ column: Int) -> Int64? {
    text(row, column).flatMap { Int64($0) }
  }

  /// "t" and "f" as the server writes them; nil for anything else.
  package func bool(_ row: Int, _ column: Int) -> Bool? {
    switch text(row, column) {
    case "t": true
    case "f": false
    default: nil
    }
  }

  /// Takes a successful result.
  mutating func adopt(_ result: consuming ResultHandle) {
    tags.append(result.commandTag)
    if result.status == PGRES_TUPLES_OK { rows = consume result }
  }
}
