// SPDX-License-Identifier: Apache-2.0
package import Postgres

/// What the login of `database_url`, with which records are stored, is and may do.
package struct LoginFacts: Sendable {
  var name = ""
  var isSuperuser = false
  /// Group roles of Daybook beyond app_write and app_read that it may act as.
  var groupsTooMany: [String] = []
  /// It owns a table, or may change or delete what is stored, by a right of its own.
  var changeableTables: [String] = []
  var isStandby = false

  init() {}

  package init(schema: String, _ connection: inout Connection) throws(PostgresError) {
    let login = try connection.execute(
      """
      SELECT current_user, rolsuper, pg_is_in_recovery() FROM pg_roles WHERE rolname = current_user
      """)
    name = login.text(0, 0) ?? ""
    isSuperuser = login.bool(0, 1) ?? false
    isStandby = login.bool(0, 2) ?? false
    let groups = try connection.execute(
      """
      SELECT rolname FROM pg_roles
      WHERE rolname IN ('app_owner', 'app_maintain', 'app_finance') AND pg_has_role(current_user, oid, 'MEMBER')
      ORDER BY 1
      """)
    groupsTooMany = (0..<groups.rowCount).compactMap { groups.text($0, 0) }
    let tables = try connection.query(
      """
      SELECT relname FROM pg_class
      WHERE relnamespace = to_regnamespace($1) AND relname IN ('audit_logs', 'invocations')
        AND has_table_privilege(oid, 'UPDATE, DELETE, TRUNCATE')
      ORDER BY 1
      """, [SQL.identifier(schema)])
    changeableTables = (0..<tables.rowCount).compactMap { tables.text($0, 0) }
  }
}
