// SPDX-License-Identifier: Apache-2.0
import Postgres
import Records

extension LedgerReader {
  /// Counts the rows of every stream again for each of its rollups that the database counts. Of
  /// days of which rows have left, their receipts know the number of records only.
  mutating func checkDailySums(_ report: inout AuditReport) throws(PostgresError) {
    for stream in Stream.all where !stream.sums.isEmpty {
      let retired = try RetiredDays.read(of: stream.table, &connection, schema: schema)
      for sums in stream.sums {
        let wrong = try rows(differencesSQL(sums, of: stream, retired), deadline: scanDeadline)
        report.add(
          wrong.map {
            "\(sums.table): tenant \($0.text(0)): the rows make \($0.text(1)), the rollup says "
              + $0.text(2)
          })
        try compareWithReceipts(sums, of: stream, retired, &report)
      }
    }
  }

  private func differencesSQL(
    _ sums: DailySums, of stream: Stream, _ retired: RetiredDays
  ) -> String {
    let keys = sums.keyColumns.joined(separator: ", ")
    let measures = ["records"] + sums.measures
    let made = ["count(*) AS records"] + sums.measures.map { "coalesce(sum(\($0)), 0) AS \($0)" }
    func side(_ isRollup: Bool) -> String {
      measures.map { "sum(\($0)) FILTER (WHERE \(isRollup ? "" : "NOT ")is_rollup)" }
        .joined(separator: ", ")
    }
    func words(_ isRollup: Bool) -> String {
      measures.map {
        "concat_ws(' ', coalesce(sum(\($0)) FILTER (WHERE \(isRollup ? "" : "NOT ")is_rollup), 0), '\($0)')"
      }.joined(separator: ", ")
    }
    return """
      SELECT concat_ws(' ', \(keys)), concat_ws(' ', \(words(false))), concat_ws(' ', \(words(true)))
      FROM (
        SELECT \(keys), \(measures.joined(separator: ", ")), false AS is_rollup FROM (
          SELECT tenant_id, (occurred_at AT TIME ZONE 'UTC')::date AS day\(sums.keys.map { ", \($0)" }.joined()),
            \(made.joined(separator: ", "))
          FROM \(qualified(stream.table)) WHERE NOT \(retired.condition(time: "occurred_at"))
          GROUP BY \((1...sums.keyColumns.count).map(String.init).joined(separator: ", "))) AS rows
        UNION ALL
        SELECT \(keys), \(measures.joined(separator: ", ")), true FROM \(qualified(sums.table))
        WHERE NOT \(retired.condition(date: "day"))) AS amounts
      GROUP BY \(keys) HAVING (\(side(false))) IS DISTINCT FROM (\(side(true))) ORDER BY \(keys)
      """
  }

  private mutating func compareWithReceipts(
    _ sums: DailySums, of stream: Stream, _ retired: RetiredDays, _ report: inout AuditReport
  ) throws(PostgresError) {
    guard !retired.settled.isEmpty else { return }
    let ranges = retired.settled.map { "('\($0.from)'::date, '\($0.to)'::date)" }
    let wrong = try rows(
      """
      SELECT first, last, retired + there, counted FROM (
        SELECT first, last,
          (SELECT coalesce(sum(row_count), 0) FROM \(receiptsSQL) AS c WHERE c.table_name = '\(stream.table)'
             AND (lower_bound AT TIME ZONE 'UTC')::date >= first
             AND (lower_bound AT TIME ZONE 'UTC')::date < last) AS retired,
          (SELECT count(*) FROM \(qualified(stream.table))
            WHERE occurred_at >= first::timestamp AT TIME ZONE 'UTC'
              AND occurred_at < last::timestamp AT TIME ZONE 'UTC') AS there,
          (SELECT coalesce(sum(records), 0) FROM \(qualified(sums.table))
            WHERE day >= first AND day < last) AS counted
        FROM (VALUES \(ranges.joined(separator: ", "))) AS ranges (first, last)) AS compared
      WHERE retired + there <> counted ORDER BY first
      """, deadline: scanDeadline)
    report.add(
      wrong.map {
        "\(sums.table): \($0.text(0))..<\($0.text(1)): \($0.text(2)) records have left or are there, "
          + "the rollup says \($0.text(3))"
      })
  }
}
