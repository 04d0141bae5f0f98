// SPDX-License-Identifier: Apache-2.0
package import Postgres

extension LedgerReader {
  /// Nil where the login may not know: before migration 12 the days were for auditors only.
  package mutating func unreadFields() throws(PostgresError) -> UnreadFields? {
    let table = qualified("unknown_field_days")
    let mayRead = try rows(
      "SELECT coalesce(has_table_privilege(to_regclass($1), 'SELECT'), false)", [table])
    guard mayRead.first?.text(0) == "t" else { return nil }
    let found = try rows(
      """
      SELECT topic, table_name, field, sum(records), \(Self.isoDay("min(day)")),
        \(Self.isoDay("max(day)")), count(*) OVER ()
      FROM \(table)
      WHERE day > (now() AT TIME ZONE 'UTC')::date - \(UnreadFields.days)
      GROUP BY topic, table_name, field
      ORDER BY min(day) DESC, sum(records) DESC, topic, table_name, field
      LIMIT \(UnreadFields.fieldsMax)
      """)
    let fields = found.map {
      UnreadFields.Field(
        topic: $0.text(0), table: $0.text(1), field: $0.text(2), records: $0.integer(3),
        firstDay: $0.text(4), lastDay: $0.text(5))
    }
    let all = found.first?.integer(6) ?? 0
    return UnreadFields(fields: fields, more: all - Int64(fields.count))
  }
}
