// SPDX-License-Identifier: Apache-2.0
package import Postgres

extension RollupComparison {
  /// Each difference in words, days first.
  package func sentences(
    _ connection: inout Connection, deadline: Duration
  ) throws(PostgresError) -> [String] {
    let found = try connection.execute(sentencesSQL, deadline: deadline)
    return (0..<found.rowCount).map { row in
      Self.sentence { found.text(row, $0) ?? "" }
    }
  }

  /// From the cells of a row of `sentencesSQL`.
  static func sentence(_ cell: (Int) -> String) -> String {
    let (rollup, source) =
      cell(0) == "day" ? ("costs_daily", "rows") : ("costs_monthly", "days")
    return "\(rollup): tenant \(cell(1)) \(cell(2)) \(cell(3)) \(cell(4)): "
      + "the \(source) make \(cell(5)), the rollup says \(cell(6))"
      + (cell(7) == "0" ? "" : ", in another time zone than the tenant's")
  }
}
