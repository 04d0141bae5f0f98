// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Postgres
import Testing

/// A month, a table or an id that is missing is no month, no table and no id: nothing is changed
/// for it.
struct NullArgumentTests {
  /// Every function, called with nothing but nulls, fails or leaves the database as it was.
  @Test(arguments: TestServer.all)
  func nothingIsChangedForNulls(_ server: TestServer) throws {
    try TestDatabase.with(on: server) { database in
      var connection = try database.connect()
      let calls = try connection.execute(Self.calls)
      #expect(calls.rowCount > 30)
      for row in 0..<calls.rowCount {
        let call = calls.text(row, 0) ?? ""
        try connection.execute("BEGIN")
        if sqlState(of: "SELECT " + call, &connection) == nil {
          let changed = try connection.execute("SELECT pg_current_xact_id_if_assigned()")
          #expect(changed.text(0, 0) == nil, "\(call)")
        }
        try connection.execute("ROLLBACK")
      }
    }
  }

  @Test func oneNullIsNotEverything() throws {
    try TestDatabase.with { database in
      var connection = try database.connect()
      for call in [
        "daybook_reopen_period(NULL, 'x')", "daybook_set_tenant('acme', NULL, 'x')",
        "daybook_ensure_partition('invocations', NULL)",
        "daybook_change_prices(0, 'x', 'manual', NULL, '{}', NULL, '[]')",
        """
        daybook_change_prices(0, 'x', 'manual', NULL, '{}', '[{"model": "m", "service_tier": "standard",
          "min_input_tokens": 0, "effective_from": "2020-01-01T00:00:00Z", "ends": true}]', '[]')
        """,
        #"daybook_change_prices(0, 'x', 'manual', NULL, '{}', '[]', '[{"pattern": "m*"}]')"#,
        "daybook_change_provider_aliases(0, 'x', '{}', NULL)",
        #"daybook_change_provider_aliases(0, 'x', '{}', '[{"provider": "openai"}]')"#,
      ] {
        #expect(sqlState(of: "SELECT \(call)", &connection) == "22004", "\(call)")
      }
    }
  }

  private static let calls = """
    SELECT format('%s(%s)', p.oid::regproc, (SELECT string_agg('NULL::' || t::regtype, ', ' ORDER BY n)
      FROM unnest(p.proargtypes) WITH ORDINALITY AS a(t, n)))
    FROM pg_proc p
    WHERE p.pronamespace = 'public'::regnamespace AND p.pronargs > 0 AND p.proname LIKE 'daybook\\_%'
      AND p.prorettype <> 'trigger'::regtype AND p.proname <> 'daybook_text_range'
    """
}
