// SPDX-License-Identifier: Apache-2.0
package import Postgres

/// What the database says about functions and views; any login role may ask.
package struct LoadedObjects {
  private struct Row {
    var sha256: String?
    var daybookVersion: String?
    /// Nil when another major version of the server spelled the definition.
    var definition: String?
    var exists: Bool
    /// Nil when it was not looked at.
    var definitionNow: String?

    var isEdited: Bool {
      guard exists else { return sha256 != nil }
      guard let definition else { return false }
      return definitionNow.map { $0 != definition } ?? false
    }
  }

  private var rows: [String: Row] = [:]

  /// Names of functions and views that are gone, or not what was loaded, whichever release has
  /// loaded them.
  package static func editedByHand(
    in schema: String, _ connection: inout Connection
  ) throws(PostgresError) -> [String] {
    try connection.execute(Begin.snapshot)
    let found = try LoadedObjects(in: schema, expected: [], &connection)
    try connection.execute("COMMIT")
    return found.rows.filter(\.value.isEdited).keys.sorted()
  }

  /// Inside of a transaction. `schema` is unquoted. To spell a view, or a function whose body is
  /// parsed, the server locks the tables that it names; without `isDeep` these are not looked at.
  init(
    in schema: String, expected: [SchemaObject], isDeep: Bool = true,
    _ connection: inout Connection
  ) throws(PostgresError) {
    // Names in definitions are spelled by these two.
    try connection.execute(
      """
      SET LOCAL quote_all_identifiers = off; \
      SELECT set_config('search_path', quote_ident(\(SQL.literal(schema))) || ', pg_temp', true)
      """)
    let exists = try connection.execute("SELECT to_regclass('daybook_objects') IS NOT NULL")
    guard exists.bool(0, 0) == true else { return }
    let found = try connection.query(
      Self.sql, [Self.array(expected.map(\.name)), schema, isDeep ? "t" : "f"])
    for row in 0..<found.rowCount {
      rows[found.text(row, 0) ?? ""] = Row(
        sha256: found.text(row, 1), daybookVersion: found.text(row, 2),
        definition: found.text(row, 3), exists: found.bool(row, 4) ?? false,
        definitionNow: found.text(row, 5))
    }
  }

  func differences(from expected: [SchemaObject]) -> [ObjectDifference] {
    let names = Set(expected.map(\.name))
    let surplus = rows.keys.filter { !names.contains($0) }.sorted()
    return expected.compactMap { object in
      state(of: object).map { ObjectDifference(name: object.name, state: $0) }
    } + surplus.map { ObjectDifference(name: $0, state: .surplus) }
  }

  private func state(of object: SchemaObject) -> ObjectDifference.State? {
    guard let row = rows[object.name], row.exists else { return .missing }
    guard row.sha256 == object.sha256 else {
      return .otherFile(daybookVersion: row.daybookVersion)
    }
    if row.definition == nil { return .otherServer }
    return row.isEdited ? .editedByHand : nil
  }

  /// Notes `loaded` in `daybook_objects`, with their definitions as the server spells them now.
  static func note(
    _ loaded: [SchemaObject], order: [SchemaObject], in schema: String, daybookVersion: String,
    _ connection: inout Connection
  ) throws(PostgresError) {
    var positions: [String: Int] = [:]
    for (index, object) in order.enumerated() { positions[object.name] = index + 1 }
    try connection.query(
      """
      INSERT INTO daybook_objects (name, kind, position, sha256, definition_md5, server_version, daybook_version)
      SELECT o.name, o.kind, o.position, decode(o.sha256, 'hex'), d.md5,
             current_setting('server_version_num')::integer / 10000, $6
      FROM ROWS FROM (unnest($1::text[]), unnest($3::text[]), unnest($4::integer[]), unnest($5::text[]))
             AS o(name, kind, position, sha256), \(definition("o.name", isDeep: "true"))
      ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, position = excluded.position,
        sha256 = excluded.sha256, definition_md5 = excluded.definition_md5,
        server_version = excluded.server_version, loaded_at = excluded.loaded_at,
        loaded_by = excluded.loaded_by, daybook_version = excluded.daybook_version
      """,
      [
        array(loaded.map(\.name)), schema, array(loaded.map(\.kind.rawValue)),
        array(loaded.map { String(positions[$0.name] ?? 0) }), array(loaded.map(\.sha256)),
        daybookVersion,
      ])
  }

  private static let sql = """
    SELECT n.name, encode(o.sha256, 'hex'), o.daybook_version,
      CASE WHEN o.server_version = current_setting('server_version_num')::integer / 10000
           THEN o.definition_md5 END, d.is_there, d.md5
    FROM (SELECT unnest($1::text[]) AS name UNION SELECT name FROM daybook_objects) AS n
    LEFT JOIN daybook_objects o USING (name), \(definition("n.name", isDeep: "$3::boolean"))
    """

  /// $2 is the schema. Not every role may look into the schema `reporting` by name.
  private static func definition(_ name: String, isDeep: String) -> String {
    """
    LATERAL (SELECT count(*) > 0 AS is_there, CASE WHEN bool_and(f.text IS NOT NULL)
      THEN md5(string_agg(f.text, E'\\n' ORDER BY f.text)) END AS md5 FROM (
        SELECT CASE WHEN \(isDeep) OR p.prosqlbody IS NULL THEN pg_get_functiondef(p.oid) END
        FROM pg_proc p JOIN pg_namespace s ON s.oid = p.pronamespace AND s.nspname = $2
        WHERE p.proname = \(name)
        UNION ALL
        SELECT CASE WHEN \(isDeep) THEN pg_get_viewdef(c.oid) END
        FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace
        WHERE c.relkind = 'v'
          AND CASE s.nspname WHEN $2 THEN '' ELSE s.nspname || '.' END || c.relname = \(name))
      AS f(text)) AS d
    """
  }

  /// Names, kinds, numbers and hashes: none has a comma, a quote or a brace.
  private static func array(_ elements: [String]) -> String {
    "{" + elements.joined(separator: ",") + "}"
  }
}
