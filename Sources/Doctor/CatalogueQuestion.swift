// SPDX-License-Identifier: Apache-2.0
package import Postgres

/// A question to the system catalogue whose every row is a violation: what was seen, and the
/// command that mends it. `$1` is the quoted name of the schema.
package struct CatalogueQuestion: Sendable {
  let name: String
  let gravity: Finding.Gravity
  let why: String
  let sql: String

  init(_ name: String, _ gravity: Finding.Gravity, why: String, _ sql: String) {
    self.name = name
    self.gravity = gravity
    self.why = why
    self.sql = sql
  }

  /// The findings of one question.
  package func findings(
    schema: String, _ connection: inout Connection
  ) throws(PostgresError) -> [Finding] {
    let rows = try connection.query(
      "SELECT what, remedy FROM (\(sql)) AS f WHERE $1::text IS NOT NULL ORDER BY 1",
      [SQL.identifier(schema)])
    return (0..<rows.rowCount).map { row in
      Finding(
        name, gravity, what: rows.text(row, 0) ?? "", why: why, remedy: rows.text(row, 1) ?? "")
    }
  }
}

extension CatalogueQuestion {
  package static let all: [CatalogueQuestion] = guards + rights + leftovers

  /// What keeps stored records as they are.
  private static let guards = [
    CatalogueQuestion(
      "catalogue.disabled_triggers", .problem,
      why: "stored records and closed months can be changed while they are off",
      """
      SELECT format('trigger %I of %s is disabled', tgname, tgrelid::regclass) AS what,
        format('ALTER TABLE %s ENABLE%s TRIGGER %I', tgrelid::regclass,
          CASE WHEN coalesce(guards.is_always, tgfoid = to_regproc($1::text || '.daybook_refuse_change'))
               THEN ' ALWAYS' ELSE '' END, tgname) AS remedy
      FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid
        LEFT JOIN pg_inherits i ON i.inhrelid = c.oid
        LEFT JOIN pg_class parent ON parent.oid = i.inhparent
        LEFT JOIN \(GuardTrigger.sql)
          ON guards.name = tgname AND guards.table_name = coalesce(parent.relname, c.relname)
      WHERE c.relnamespace = to_regnamespace($1) AND NOT tgisinternal AND tgenabled IN ('D', 'R')
      """),
    droppedGuards,
    CatalogueQuestion(
      "catalogue.unlogged", .problem, why: "a crash empties it, and no replica has it",
      """
      SELECT format('table %s is unlogged', oid::regclass) AS what,
        format('ALTER TABLE %s SET LOGGED', oid::regclass) AS remedy
      FROM pg_class WHERE relnamespace = to_regnamespace($1) AND relkind = 'r' AND relpersistence = 'u'
      """),
    CatalogueQuestion(
      "catalogue.autovacuum_off", .warning, why: "it bloats, and transaction ids run out",
      """
      SELECT format('autovacuum is off for %s', oid::regclass) AS what,
        format('ALTER TABLE %s RESET (autovacuum_enabled)', oid::regclass) AS remedy
      FROM pg_class WHERE relnamespace = to_regnamespace($1)
        AND EXISTS (SELECT FROM pg_options_to_table(reloptions) o
                    WHERE o.option_name = 'autovacuum_enabled' AND NOT o.option_value::boolean)
      """),
    CatalogueQuestion(
      "catalogue.role_settings", .problem,
      why: "the login gets it with every session, whatever the server's own configuration says",
      """
      SELECT format('%s has %s',
          CASE setrole WHEN 0 THEN 'the database' ELSE 'login ' || setrole::regrole END, entry) AS what,
        format('ALTER %s%s RESET %I',
          CASE setrole WHEN 0 THEN format('DATABASE %I', datname) ELSE format('ROLE %s', setrole::regrole) END,
          CASE WHEN setrole <> 0 AND setdatabase <> 0 THEN format(' IN DATABASE %I', datname) ELSE '' END,
          split_part(entry, '=', 1)) AS remedy
      FROM pg_db_role_setting LEFT JOIN pg_database ON pg_database.oid = setdatabase, unnest(setconfig) AS entry
      WHERE (setdatabase = 0 OR datname = current_database())
        -- As it was written: every beginning of false and no that PostgreSQL takes.
        AND entry ~* ('^((synchronous_commit|row_security)=(off?|f|fa|fal|fals|false|no?|0)'
                      '|session_replication_role=(replica|local))$')
      """),
  ]

  /// Who may do what, and for how long.
  private static let rights = [
    CatalogueQuestion(
      "catalogue.public_rights", .problem, why: "every login of the server has this right",
      """
      SELECT format('PUBLIC may %s on %s', string_agg(lower(privilege_type), ', ' ORDER BY privilege_type),
          c.oid::regclass) AS what,
        format('REVOKE ALL ON %s FROM PUBLIC', c.oid::regclass) AS remedy
      FROM pg_class c, aclexplode(c.relacl) AS a
      WHERE c.relnamespace = to_regnamespace($1) AND a.grantee = 0
        -- Every program that starts asks these whether it fits.
        AND NOT (a.privilege_type = 'SELECT'
                 AND c.relname IN ('schema_migrations', 'daybook_migrations', 'daybook_objects'))
        AND NOT EXISTS (SELECT FROM pg_depend d
                        WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
      GROUP BY c.oid
      """),
    CatalogueQuestion(
      "catalogue.connection_limit", .warning,
      why: "one login that leaks connections takes them from all others",
      """
      SELECT format('login %s has no connection limit', oid::regrole) AS what,
        format('ALTER ROLE %s CONNECTION LIMIT 100', oid::regrole) AS remedy
      FROM pg_roles r WHERE rolcanlogin AND NOT rolsuper AND rolconnlimit < 0
        AND EXISTS (SELECT FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid
                    WHERE m.member = r.oid AND g.rolname IN ('app_write', 'app_read', 'app_finance', 'app_maintain')
                      -- In 16 whoever made the groups may only give them to others.
                      AND pg_has_role(r.oid, g.oid, 'USAGE'))
      """),
    CatalogueQuestion(
      "catalogue.password_expiry", .problem, why: "from then on the login is refused",
      """
      SELECT format('the password of %s expires at %s', oid::regrole, rolvaliduntil) AS what,
        format('\\password %s, then ALTER ROLE %s VALID UNTIL …', oid::regrole, oid::regrole) AS remedy
      FROM pg_roles r WHERE rolcanlogin AND rolvaliduntil < now() + interval '14 days'
        AND EXISTS (SELECT FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid
                    WHERE m.member = r.oid AND g.rolname LIKE 'app\\_%')
      """),
  ]

  /// What somebody has left behind.
  private static let leftovers = [
    CatalogueQuestion(
      "catalogue.invalid_indexes", .warning,
      why: "it costs every write and answers no question",
      """
      SELECT format('index %s is invalid', indexrelid::regclass) AS what,
        format('REINDEX INDEX CONCURRENTLY %s, or DROP INDEX %s', indexrelid::regclass, indexrelid::regclass) AS remedy
      FROM pg_index JOIN pg_class c ON c.oid = indexrelid
      WHERE c.relnamespace = to_regnamespace($1) AND NOT indisvalid AND c.relkind = 'i'
      """),
    CatalogueQuestion(
      "catalogue.prepared_transactions", .problem,
      why: "it holds its locks and holds back vacuum until somebody ends it, over every restart",
      """
      SELECT format('transaction %s of %s was prepared at %s', quote_literal(gid), owner, prepared) AS what,
        format('ROLLBACK PREPARED %L', gid) AS remedy
      FROM pg_prepared_xacts WHERE database = current_database() AND prepared < now() - interval '5 minutes'
      """),
    CatalogueQuestion(
      "catalogue.inactive_slots", .problem,
      why: "WAL is kept for it until the disk is full",
      """
      SELECT format('nobody reads replication slot %s', quote_ident(slot_name)) AS what,
        format('bring its reader back, or SELECT pg_drop_replication_slot(%L)', slot_name) AS remedy
      FROM pg_replication_slots WHERE NOT active
      """),
    CatalogueQuestion(
      "catalogue.long_transactions", .warning,
      why: "it holds back vacuum, and every change of a partition waits for it",
      """
      SELECT format('process %s (%s) has a transaction open since %s', pid, usename, xact_start) AS what,
        format('SELECT pg_terminate_backend(%s)', pid) AS remedy
      FROM pg_stat_activity
      WHERE backend_type = 'client backend' AND datname = current_database() AND xact_start < now() - interval '1 hour'
      """),
    CatalogueQuestion(
      "catalogue.wraparound", .problem,
      why: "at 2.1 billion the server takes no more writes",
      """
      SELECT format('the oldest transaction id of database %s is %s old', datname, age(datfrozenxid)) AS what,
        'ops/runbooks/wraparound.md' AS remedy
      FROM pg_database WHERE age(datfrozenxid) > 1000000000
      """),
  ]
}
