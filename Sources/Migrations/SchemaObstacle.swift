// SPDX-License-Identifier: Apache-2.0
import Postgres

/// What keeps a later step from being carried out. It is looked for before the first one: each step
/// is a transaction of its own, and a step in between drops what the ingester of before calls.
package enum SchemaObstacle: Sendable, Equatable, CustomStringConvertible {
  /// A schema that somebody else made.
  case schema(String, owner: String)
  /// Anything in a schema, such as "table public.users", that has the name of something of ours.
  case object(String, owner: String)
  /// A role with the name of one of our groups, and what no group may.
  case role(String, attributes: String)
  /// The login may not make a schema that is missing.
  case noSchema(String, login: String, database: String)
  /// The login may not make a role that is missing.
  case noRole(String, login: String)
  /// The database keeps texts in another encoding.
  case encoding(DatabaseEncoding)

  package var description: String {
    switch self {
    case .schema(let name, let owner):
      "schema \(name) of \(owner) is in the way: rename it (ALTER SCHEMA \(name) RENAME TO …); if it"
        + " is meant for Daybook, ALTER SCHEMA \(name) OWNER TO app_owner"
    case .object(let name, let owner):
      "\(name) of \(owner) is in the way: rename it, move it to another schema, or give Daybook a"
        + " schema of its own (--schema)"
    case .role(let name, let attributes):
      "role \(name) is no group of Daybook: it has \(attributes); rename it (ALTER ROLE \(name)"
        + " RENAME TO …), or take that away if nobody needs it"
    case .noSchema(let name, let login, let database):
      "\(login) may not make schema \(name): GRANT CREATE ON DATABASE \(database) TO \(login)"
    case .noRole(let name, let login):
      "\(login) may not make role \(name): ALTER ROLE \(login) CREATEROLE"
    case .encoding(let encoding):
      encoding.description
    }
  }

  /// In the way of `names`, which are not there yet, and of loading `objects`.
  static func all(
    in schema: String, names: CreatedNames, objects: [SchemaObject], _ connection: inout Connection
  ) throws(PostgresError) -> [SchemaObstacle] {
    let views = objects.filter { $0.kind == .view }.map(\.name)
    let functions = names.functions.union(objects.filter { $0.kind == .function }.map(\.name))
    let lists: [[String]] = [
      Array(names.schemas), Array(names.relations), Array(functions), views, Array(names.roles),
    ]
    let rows = try connection.query(sql, [schema] + lists.map { $0.joined(separator: ",") })
    var found: [SchemaObstacle] = (0..<rows.rowCount).compactMap { row in
      let (name, detail) = (rows.text(row, 1) ?? "", rows.text(row, 2) ?? "")
      return switch rows.text(row, 0) {
      case "schema": .schema(name, owner: detail)
      case "object": .object(name, owner: detail)
      case "role": .role(name, attributes: detail)
      case "no schema": .noSchema(name, login: detail, database: rows.text(row, 3) ?? "")
      case "no role": .noRole(name, login: detail)
      default: nil
      }
    }
    if let encoding = try DatabaseEncoding.wrong(&connection) { found.append(.encoding(encoding)) }
    return found
  }

  /// `ours` is whoever app_owner may act for; before the first migration that is nobody.
  private static let sql = """
    WITH ours AS (
      SELECT r.oid FROM pg_roles o JOIN pg_roles r ON pg_has_role(o.oid, r.oid, 'USAGE') WHERE o.rolname = 'app_owner'),
    wanted_schemas AS (SELECT unnest(string_to_array($2, ',')) AS name),
    relations AS (SELECT unnest(string_to_array($3, ',')) AS name),
    functions AS (SELECT unnest(string_to_array($4, ',')) AS name),
    views AS (
      SELECT CASE WHEN v LIKE '%.%' THEN split_part(v, '.', 1) ELSE $1::text END AS schema_name,
        CASE WHEN v LIKE '%.%' THEN split_part(v, '.', 2) ELSE v END AS name
      FROM unnest(string_to_array($5, ',')) AS v),
    wanted_roles AS (SELECT unnest(string_to_array($6, ',')) AS name),
    found AS (
      SELECT format('%s %I.%I', CASE c.relkind WHEN 'i' THEN 'index' WHEN 'I' THEN 'index' WHEN 'v' THEN 'view'
          WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence' WHEN 'c' THEN 'type' ELSE 'table' END,
          n.nspname, c.relname) AS name, c.relowner AS owner
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = $1 AND c.relname IN (SELECT name FROM relations)
        OR (n.nspname, c.relname) IN (SELECT schema_name, name FROM views)
          AND (c.relkind <> 'v' OR c.relowner NOT IN (SELECT oid FROM ours))
      UNION SELECT format('type %I.%I', $1, t.typname), t.typowner
      FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
      WHERE n.nspname = $1 AND t.typrelid = 0 AND t.typname IN (SELECT name FROM relations)
      UNION SELECT format('function %I.%I(%s)', $1, p.proname, pg_get_function_identity_arguments(p.oid)), p.proowner
      FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
      WHERE n.nspname = $1 AND p.proname IN (SELECT name FROM functions)
        AND p.proowner NOT IN (SELECT oid FROM ours))
    SELECT 'schema', quote_ident(nspname), nspowner::regrole::text, NULL
    FROM pg_namespace WHERE nspname IN (SELECT name FROM wanted_schemas) AND nspowner NOT IN (SELECT oid FROM ours)
    UNION ALL SELECT 'object', name, owner::regrole::text, NULL FROM found
    UNION ALL SELECT 'role', rolname, attributes, NULL FROM (
      SELECT rolname, concat_ws(', ', CASE WHEN rolcanlogin THEN 'LOGIN' END, CASE WHEN rolsuper THEN 'SUPERUSER' END,
        CASE WHEN rolcreaterole THEN 'CREATEROLE' END, CASE WHEN rolcreatedb THEN 'CREATEDB' END,
        CASE WHEN rolreplication THEN 'REPLICATION' END, CASE WHEN rolbypassrls THEN 'BYPASSRLS' END) AS attributes
      FROM pg_roles WHERE rolname IN (SELECT name FROM wanted_roles)) AS r WHERE attributes <> ''
    UNION ALL SELECT 'no schema', name, quote_ident(current_user), quote_ident(current_database()) FROM wanted_schemas
    WHERE to_regnamespace(name) IS NULL AND NOT has_database_privilege(current_database(), 'CREATE')
    UNION ALL SELECT 'no role', name, quote_ident(current_user), NULL FROM wanted_roles
    WHERE to_regrole(name) IS NULL
      AND NOT EXISTS (SELECT FROM pg_roles WHERE rolname = current_user AND (rolsuper OR rolcreaterole))
    ORDER BY 1 DESC, 2
    """
}

extension Migrator {
  /// Anything that would stop one of these steps; changes nothing.
  mutating func refuseObstacles(to steps: [MigrationStep]) throws(MigrationError) {
    guard let first = steps.first, let last = steps.last else { return }
    let names = CreatedNames(steps.map(\.migration))
      .subtracting(CreatedNames(migrations.filter { $0.version <= first.before }))
    let isComplete = last.after == migrations.last?.version
    let found: [SchemaObstacle]
    do {
      found = try SchemaObstacle.all(
        in: schema, names: names, objects: isComplete ? objects : [], &connection)
    } catch {
      throw .postgres(error)
    }
    guard found.isEmpty else { throw .obstructed(found) }
  }
}
