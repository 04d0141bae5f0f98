// SPDX-License-Identifier: Apache-2.0
import Postgres

/// What could make a function of ours, which runs as app_owner, do something else: names are looked
/// up in the schema, and an object there that fits a call better than the built-in one is taken.
package enum SchemaIntruder: Sendable, Equatable, CustomStringConvertible {
  /// A role, or PUBLIC, that may create in the schema; both as SQL spells them.
  case creator(String, schema: String)
  /// A function or an operator of the schema with a built-in name, and the role that owns it.
  case shadow(String, owner: String)

  package var description: String {
    switch self {
    case .creator(let role, let schema):
      "\(role) may create in schema \(schema) and so become its owner; run"
        + " `REVOKE CREATE ON SCHEMA \(schema) FROM \(role)` as the owner of the schema or a superuser"
    case .shadow(let object, let owner):
      "\(object) of \(owner) can be taken for a built-in one; drop it, or move it to another schema"
    }
  }

  /// Everything of this kind. Superusers, the owners of the schema and of the database, and whoever
  /// may act as app_owner are trusted; so is the login role itself when it is the one that
  /// migrates.
  static func all(
    in schema: String, trustsLogin: Bool, _ connection: inout Connection
  ) throws(PostgresError) -> [SchemaIntruder] {
    let rows = try connection.query(sql, [schema, trustsLogin ? "t" : "f"])
    return (0..<rows.rowCount).map { row in
      let name = rows.text(row, 1) ?? ""
      return rows.bool(row, 0) == true
        ? .creator(name, schema: SQL.identifier(schema))
        : .shadow(name, owner: rows.text(row, 2) ?? "")
    }
  }

  private static let sql = """
    WITH place AS (SELECT oid, nspname, nspowner, nspacl FROM pg_namespace WHERE nspname = $1),
    trusted AS (
      SELECT r.oid FROM pg_roles r
      WHERE r.rolsuper OR r.oid = (SELECT nspowner FROM place) OR $2::boolean AND r.rolname = current_user
        OR r.oid = (SELECT datdba FROM pg_database WHERE datname = current_database())
        OR EXISTS (SELECT FROM pg_roles o WHERE o.rolname = 'app_owner'
                     AND pg_has_role(r.oid, o.oid, 'MEMBER')))
    SELECT true, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END, NULL
    FROM place, aclexplode(place.nspacl) AS a
    WHERE a.privilege_type = 'CREATE' AND a.grantee NOT IN (SELECT oid FROM trusted)
    UNION ALL
    SELECT false, format('function %I.%I(%s)', $1, p.proname, pg_get_function_identity_arguments(p.oid)),
      p.proowner::regrole::text
    FROM place JOIN pg_proc p ON p.pronamespace = place.oid
    WHERE p.proowner NOT IN (SELECT oid FROM trusted) AND EXISTS (
      SELECT FROM pg_proc b WHERE b.pronamespace = 'pg_catalog'::regnamespace AND b.proname = p.proname)
    UNION ALL
    SELECT false, 'operator ' || o.oid::regoperator, o.oprowner::regrole::text
    FROM place JOIN pg_operator o ON o.oprnamespace = place.oid
    WHERE o.oprowner NOT IN (SELECT oid FROM trusted) AND EXISTS (
      SELECT FROM pg_operator b WHERE b.oprnamespace = 'pg_catalog'::regnamespace AND b.oprname = o.oprname)
    ORDER BY 1 DESC, 2
    """
}
