// SPDX-License-Identifier: Apache-2.0
package import Postgres

/// Compares the database with what this program will write; works for any role that can log in.
package struct SchemaCheck: InSchema, Sendable {
  /// A table and the columns that are written, with types as in the migrations.
  package typealias Table = (name: String, columns: [(name: String, sqlType: String)])

  package let schema: String
  private let tables: [Table]
  private let versionNeeded: Int64
  private let daybookVersion: String

  package init(
    schema: String = Migrator.schemaDefault, tables: [Table],
    versionNeeded: Int64 = Migration.embedded.last?.version ?? 0, daybookVersion: String
  ) {
    self.schema = schema
    self.tables = tables
    self.versionNeeded = versionNeeded
    self.daybookVersion = daybookVersion
  }

  /// Every difference; empty when the program can start.
  package func differences(
    _ connection: inout Connection
  ) throws(PostgresError) -> [SchemaDifference] {
    try connection.execute(Begin.snapshot)
    let found = try look(&connection)
    try connection.execute("COMMIT")
    return found
  }

  private func look(_ connection: inout Connection) throws(PostgresError) -> [SchemaDifference] {
    var found: [SchemaDifference] = []
    let isReadOnly = try connection.execute(
      """
      SELECT pg_is_in_recovery() OR reset_val = 'on' FROM pg_settings
      WHERE name = 'default_transaction_read_only'
      """)
    if isReadOnly.bool(0, 0) != false { found.append(.readOnlyServer) }
    if let encoding = try DatabaseEncoding.wrong(&connection) { found.append(.encoding(encoding)) }
    let version = try version(&connection)
    if version < versionNeeded {
      found.append(.oldSchema(found: version, needed: versionNeeded))
    }
    found += try SchemaIntruder.all(in: schema, trustsLogin: false, &connection)
      .map { .untrusted($0) }
    for table in tables { found += try compare(table, &connection) }
    guard version >= versionNeeded else { return found }
    if let role = try roleWithoutGrant(&connection) {
      // Without it the policies of the partitions cannot be read either.
      return found + [.missingGrant(role: role)]
    }
    found += try missingPartitions(&connection)
    let objects = try LoadedObjects(
      in: schema, expected: SchemaObject.embedded, isDeep: false, &connection)
    return found
      + objects.differences(from: SchemaObject.embedded).filter { $0.state != .otherServer }
      .map { difference in
        .object(difference, hinders: version == versionNeeded && difference.hinders(daybookVersion))
      }
  }

  /// The login role, if it is neither a member of app_write nor stands above it.
  private func roleWithoutGrant(_ connection: inout Connection) throws(PostgresError) -> String? {
    let answer = try connection.query(
      "SELECT current_user, has_function_privilege(to_regprocedure($1), 'EXECUTE')",
      [qualified("daybook_claim_partitions") + "(text,text,jsonb)"])
    return answer.bool(0, 1) == false ? answer.text(0, 0) : nil
  }

  private func version(_ connection: inout Connection) throws(PostgresError) -> Int64 {
    let exists = try connection.query(
      "SELECT to_regclass($1) IS NOT NULL", [qualified("schema_migrations")])
    guard exists.bool(0, 0) == true else { return 0 }
    return try connection.execute("SELECT version FROM \(qualified("schema_migrations"))")
      .int64(0, 0) ?? 0
  }

  private func compare(
    _ table: Table, _ connection: inout Connection
  ) throws(PostgresError) -> [SchemaDifference] {
    let rows = try connection.query(
      """
      SELECT attname, format_type(atttypid, atttypmod), attnotnull AND NOT atthasdef
      FROM pg_attribute
      WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped ORDER BY attnum
      """, [qualified(table.name)])
    guard rows.rowCount > 0 else { return [.missingTable(table.name)] }
    var found: [SchemaDifference] = []
    var actual: [String: String] = [:]
    let known = Set(table.columns.map(\.name))
    for row in 0..<rows.rowCount {
      let column = rows.text(row, 0) ?? ""
      actual[column] = rows.text(row, 1)
      if rows.bool(row, 2) == true, !known.contains(column) {
        found.append(.unknownRequiredColumn(table: table.name, column: column))
      }
    }
    for (column, sqlType) in table.columns {
      let needed = Self.canonical(sqlType)
      guard let type = actual[column] else {
        found.append(.missingColumn(table: table.name, column: column, type: needed))
        continue
      }
      if type != needed {
        found.append(
          .wrongType(table: table.name, column: column, found: type, needed: needed))
      }
    }
    return found
  }

  private func missingPartitions(
    _ connection: inout Connection
  ) throws(PostgresError) -> [SchemaDifference] {
    let rows = try connection.query(
      """
      SELECT p.table_name, to_char(m.month, 'YYYY-MM')
      FROM \(qualified("partition_policies")) p,
        LATERAL generate_series(date_trunc('month', now() AT TIME ZONE 'UTC'),
          date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => p.months_ahead),
          interval '1 month') AS m(month)
      WHERE NOT EXISTS (
        SELECT FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = to_regclass($1 || quote_ident(p.table_name)) AND NOT i.inhdetachpending
          AND pg_get_expr(c.relpartbound, c.oid) LIKE
            'FOR VALUES FROM (''' || (m.month AT TIME ZONE 'UTC')::text || ''')%')
      ORDER BY 1, 2
      """, [SQL.identifier(schema) + "."])
    return (0..<rows.rowCount).map { row in
      .missingPartition(table: rows.text(row, 0) ?? "", month: rows.text(row, 1) ?? "")
    }
  }

  /// The server's spelling of the short names that the migrations use.
  private static func canonical(_ type: String) -> String {
    if type == "timestamptz" { return "timestamp with time zone" }
    if type.hasPrefix("char(") { return "character" + type.dropFirst(4) }
    return type
  }
}
