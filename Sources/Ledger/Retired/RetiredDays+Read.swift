// SPDX-License-Identifier: Apache-2.0
package import Postgres

extension RetiredDays {
  /// The days of which records have left, or are on their way, in the transaction's snapshot. They
  /// are compared as texts, and only JSON writes a date as ISO does, whatever DateStyle says.
  package static func read(
    of table: String = "invocations", _ connection: inout Connection, schema: String
  ) throws(PostgresError) -> RetiredDays {
    let answer = try connection.query(
      """
      SELECT to_jsonb((lower_bound AT TIME ZONE 'UTC')::date) #>> '{}',
        to_jsonb(((upper_bound - interval '1 microsecond') AT TIME ZONE 'UTC')::date + 1) #>> '{}',
        NOT is_in_transit
      FROM (SELECT *, \(isInTransit) AS is_in_transit
            FROM \(SQL.identifier(schema)).partition_retirements r) AS retirements
      WHERE table_name = $1
        AND (is_in_transit OR state NOT IN ('detaching', 'detached') OR jsonb_array_length(earlier) > 0)
      """, [table])
    return RetiredDays(
      (0..<answer.rowCount).map { row in
        Range(
          from: answer.text(row, 0) ?? "", to: answer.text(row, 1) ?? "",
          isSettled: answer.bool(row, 2) == true)
      })
  }

  /// Of a retirement `r`: a scan of the table does not see its rows, and nobody has counted them.
  static let isInTransit = """
    r.state IN ('detaching', 'detached') AND NOT EXISTS (
      SELECT FROM pg_inherits i WHERE i.inhrelid = r.partition_oid AND NOT i.inhdetachpending)
    """
}
