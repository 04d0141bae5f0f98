// SPDX-License-Identifier: Apache-2.0
import Postgres
import Sysexits
import Upkeep

/// `daybook policy list|set|journal`.
enum PolicyCommand {
  static let limit = OptionDeclaration(
    "limit", "N", kind: .integer(1...10_000), default: "20", sources: .flag, "how many at most")

  static let declarations = [
    CommandDeclaration(
      ["policy", "list"], "list how each partitioned table is kept",
      options: Options.table + Options.database,
      examples: [("daybook policy list", "one line a table")], run: list),
    PolicySetCommand.declaration,
    CommandDeclaration(
      ["policy", "journal"], "list the changes of policies, newest first",
      options: [PartitionsCommand.table, limit] + Options.table + Options.database,
      examples: [("daybook policy journal --table invocations", "who changed what, and why")],
      run: journal),
  ]

  private static func list(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let policies = try context.partitionSets(context.database, of: nil).sets.map(\.policy)
    let numbers: Set = ["months_ahead", "retention_months", "close_after_days"]
    let rows = policies.map {
      [("table", $0.table)] + PolicyChange.columns($0).map { ($0.0, $0.1) }
    }
    let columns = (rows.first ?? []).map { column in
      numbers.contains(column.0) ? TableColumn.number(column.0) : .text(column.0)
    }
    try context.list(
      Table(columns, rows: rows.map { $0.map(\.1) }), json: policies.map(json))
    return .success
  }

  static func json(_ policy: PartitionPolicy) -> JSONValue {
    let columns = PolicyChange.columns(policy).map { column -> JSONValue.Member in
      let value: JSONValue =
        switch column.name {
        case "months_ahead", "retention_months", "close_after_days":
          column.value.flatMap { Int64($0) }.map { .integer($0) } ?? .null
        case "closed_indexes": .array(policy.closedIndexes.map { .string($0.description) })
        case "is_managed": .boolean(policy.isManaged)
        default: .optional(column.value)
        }
      return .init(name: column.name, value: value)
    }
    return .object([.init(name: "table", value: .string(policy.table))] + columns)
  }

  private static func journal(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let only = context.settings.text(PartitionsCommand.table)
    let limit = context.settings.integer(limit)
    let names = ["at", "by", "table", "reason", "change"]
    let rows = try context.withTransaction(context.database, readOnly: true) {
      (connection) throws(PostgresError) -> [[String?]] in
      let sql = journalSQL(context.schema)
      let result = try connection.query(sql, [only, String(limit)])
      return (0..<result.rowCount).map { row in
        names.indices.map { result.text(row, $0) }
      }
    }
    try context.list(
      Table(names.map { .text($0) }, rows: rows),
      json: rows.map { row in
        .object(zip(names, row).map { .init(name: $0, value: .optional($1)) })
      })
    return .success
  }

  private static func journalSQL(_ schema: String) -> String {
    """
    SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), by, table_name, reason,
      CASE WHEN jsonb_typeof(detail->'old') IS DISTINCT FROM 'object' THEN 'made'
           WHEN jsonb_typeof(detail->'new') IS DISTINCT FROM 'object' THEN 'removed'
           ELSE (SELECT string_agg(format('%s %s → %s', o.key, o.value #>> '{}', n.value #>> '{}'),
                                   ', ' ORDER BY o.key)
                   FROM jsonb_each(detail->'old') o JOIN jsonb_each(detail->'new') n USING (key)
                  WHERE o.value <> n.value) END
    FROM \(SQL.identifier(schema)).partition_journal
    WHERE action = 'policy' AND ($1::text IS NULL OR table_name = $1)
    ORDER BY id DESC LIMIT $2::bigint
    """
  }
}
