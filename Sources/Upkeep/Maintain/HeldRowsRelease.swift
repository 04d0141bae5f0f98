// SPDX-License-Identifier: Apache-2.0
import Postgres

/// Removes rows from `<table>_held` that no active hold covers any more; their archive remains.
struct HeldRowsRelease {
  static let batchRows = 5_000

  func run(_ session: inout MaintenanceSession, _ tally: inout JobTally) throws(UpkeepError) {
    for table in try heldTables(&session) {
      var removed = 0
      var all = 0
      repeat {
        let row = try session.run(
          "SELECT \(session.qualified("daybook_release_held_rows"))"
            + "(\(SQL.literal(table)), \(Self.batchRows))", .long)
        removed = Int(row.int64(0, 0) ?? 0)
        all += removed
      } while removed == Self.batchRows
      tally.actions += all
      if all > 0 { tally.notes.append("\(all) rows of \(table)_held removed") }
    }
  }

  /// Tables with a policy that rows were carved from.
  private func heldTables(_ session: inout MaintenanceSession) throws(UpkeepError) -> [String] {
    let rows = try session.note(
      """
      SELECT p.table_name FROM \(session.qualified("partition_policies")) p
       WHERE EXISTS (SELECT FROM pg_trigger
         WHERE tgrelid = to_regclass(format('%I.%I', $1::text, p.table_name || '_held'))
           AND tgfoid = to_regproc(format('%I.daybook_held_table_refuse', $1::text))) ORDER BY 1
      """, [session.schema])
    return (0..<rows.rowCount).compactMap { rows.text($0, 0) }
  }
}
