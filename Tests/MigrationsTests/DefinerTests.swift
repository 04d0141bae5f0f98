// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Postgres
import Testing

/// Functions that run with the rights of app_owner, for whoever calls them.
struct DefinerTests {
  /// Those with SECURITY DEFINER, the triggers that they set off, and what both call.
  private static let functions = """
    WITH RECURSIVE ours AS (
      SELECT p.oid, p.proname, p.prosrc, p.proconfig, p.prosecdef, p.prorettype = 'trigger'::regtype AS is_trigger
      FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.prosqlbody IS NULL
        AND p.proname LIKE 'daybook\\_%' AND p.proname <> 'daybook_text_range'),
    reached AS (
      SELECT oid FROM ours WHERE prosecdef OR is_trigger
      UNION
      SELECT o.oid FROM reached JOIN ours r USING (oid) JOIN ours o ON r.prosrc ~ ('\\m' || o.proname || '\\('))
    """

  @Test(arguments: TestServer.all)
  func theirSearchPathIsFixedAndEndsWithTemporaryTables(_ server: TestServer) throws {
    try TestDatabase.with(on: server) { database in
      let count = try database.value(Self.functions + "SELECT count(*) FROM reached")
      #expect((count.flatMap { Int($0) } ?? 0) > 30)
      let open = try database.value(
        Self.functions
          + """
          SELECT string_agg(proname, ', ' ORDER BY proname) FROM ours JOIN reached USING (oid)
          WHERE NOT coalesce(proconfig, '{}') && ARRAY['search_path=public, pg_temp']
          """)
      #expect(open == nil)
    }
  }

  /// A function of another schema that fits better than the built-in one would be taken: each
  /// built-in one is named with its schema. A call is a name with its parenthesis; comments are
  /// none.
  @Test(arguments: TestServer.all)
  func theyNameTheSchemaOfBuiltInFunctions(_ server: TestServer) throws {
    try TestDatabase.with(on: server) { database in
      let unqualified = try database.value(
        Self.functions
          + """
          SELECT string_agg(DISTINCT proname || ': ' || call, ', ') FROM (
            SELECT proname, (regexp_matches(regexp_replace(prosrc, '--[^\\n]*', '', 'g'),
              '(?<![\\w.%"])([a-z_][a-z0-9_]*)\\(', 'g'))[1] AS call
            FROM ours JOIN reached USING (oid)) AS calls
          WHERE call IN (SELECT b.proname FROM pg_proc b WHERE b.pronamespace = 'pg_catalog'::regnamespace)
            -- The grammar's own, and lengths of types.
            AND call NOT IN ('extract', 'numeric', 'char')
          """)
      #expect(unqualified == nil)
    }
  }

  /// One that takes a date fits better than that of a timestamp, which is the one there is.
  @Test(arguments: TestServer.all)
  func aFunctionThatFitsBetterIsNotTaken(_ server: TestServer) throws {
    try TestDatabase.with(on: server) { database in
      try server.makeLogin("daybook_test_app_write", memberOf: ["app_write"])
      try database.value("GRANT CREATE ON SCHEMA public TO daybook_test_app_write")
      var writer = try database.connect(as: "daybook_test_app_write")
      try writer.execute(
        """
        CREATE FUNCTION date_trunc(text, date) RETURNS timestamptz LANGUAGE plpgsql AS $$
        BEGIN
          RAISE EXCEPTION 'called as %', current_user;
        END $$
        """)
      let ensured = try writer.execute(
        "SELECT daybook_ensure_partition('invocations', (now() - interval '5 months')::date)")
      #expect(ensured.text(0, 0)?.hasPrefix("invocations_p") == true)
    }
  }

  @Test(arguments: TestServer.all)
  func nobodyCallsAFunctionAsPublic(_ server: TestServer) throws {
    try TestDatabase.with(on: server) { database in
      let open = try database.value(
        """
        SELECT string_agg(p.oid::regprocedure::text, ', ') FROM pg_proc p,
          aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS a
        WHERE p.pronamespace IN ('public'::regnamespace, 'reporting'::regnamespace) AND a.grantee = 0
          AND NOT EXISTS (SELECT FROM pg_depend d
                           WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'i')
        """)
      #expect(open == nil)
    }
  }
}
