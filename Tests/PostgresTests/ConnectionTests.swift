// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Postgres
import Testing

struct ConnectionTests {
  @Test(arguments: TestRoute.allCases)
  func answersStatementsOnEveryRoute(_ route: TestRoute) throws {
    try TestDatabase.with(.empty) { database in
      var connection = try database.connect(route)
      let result = try connection.execute("BEGIN; SELECT 1 AS one, NULL, 't'::boolean; COMMIT")
      #expect(result.tags == ["BEGIN", "SELECT 1", "COMMIT"])
      #expect(result.commandTag == "COMMIT")
      #expect(result.int64(0, 0) == 1)
      #expect(result.text(0, 1) == nil)
      #expect(result.bool(0, 2) == true)
      #expect(result.text(7, 0) == nil)
      #expect(result.text(0, 7) == nil)

      let row = try connection.query("SELECT $1::text, $2::int + 1", ["it's \\ \"ö\"", "41"])
      #expect(row.text(0, 0) == "it's \\ \"ö\"")
      #expect(row.int64(0, 1) == 42)
      let null = try connection.query("SELECT $1::text IS NULL", [nil])
      #expect(null.bool(0, 0) == true)
    }
  }

  /// What Daybook's own functions advise; hints of other errors are about SQL.
  @Test(arguments: [
    ("55000", true), ("P0001", true), ("42501", true), ("22023", true), ("42703", false),
  ])
  func aRefusalSaysWhatItsHintSays(state: String, isShown: Bool) throws {
    try TestDatabase.with(.empty) { database in
      var connection = try database.connect()
      let raise = "RAISE EXCEPTION 'no' USING ERRCODE = '\(state)', HINT = 'Ask first.'"
      let error = #expect(throws: PostgresError.self) {
        try connection.execute("DO $$ BEGIN \(raise); END $$")
      }
      #expect((error?.description == "no (SQLSTATE \(state)); Ask first.") == isShown)
      let plain = #expect(throws: PostgresError.self) {
        try connection.execute(
          "DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '\(state)'; END $$")
      }
      #expect(plain?.remedy.isEmpty == false)
    }
  }

  @Test func commitOfAFailedTransactionShowsItsTag() throws {
    try TestDatabase.with(.empty) { database in
      var connection = try database.connect()
      try connection.execute("BEGIN")
      let error = #expect(throws: PostgresError.self) { try connection.execute("SELECT 1/0") }
      #expect(error?.sqlState.rawValue == "22012")
      #expect(error?.phase == .answered)
      expectStatus(connection, .failed)
      let tag = try connection.execute("COMMIT").commandTag
      #expect(tag == "ROLLBACK")
      expectStatus(connection, .idle)
    }
  }

  @Test func splitExchangeTellsRefusedFromCommitted() throws {
    try TestDatabase.with(.empty) { database in
      var connection = try database.connect(.transactionPooler)
      try connection.execute("CREATE TABLE t (i int)")
      try connection.execute("BEGIN; INSERT INTO t VALUES (1)")
      try connection.send("SELECT count(*) FROM t; COMMIT")
      let answer = try connection.receive()
      #expect(answer.int64(0, 0) == 1)
      #expect(answer.commandTag == "COMMIT")

      try connection.execute("BEGIN; INSERT INTO t VALUES (2)")
      try connection.send("SELECT 1/0; COMMIT")
      let error = #expect(throws: PostgresError.self) { _ = try connection.receive() }
      #expect(error?.phase == .answered)
      let isUsable = connection.isUsable
      #expect(isUsable)
      expectStatus(connection, .failed)
      try connection.execute("ROLLBACK")
      #expect(try database.value("SELECT count(*) FROM t") == "1")
    }
  }

  @Test func refusesNulBeforeAnythingIsSent() throws {
    try TestDatabase.with(.empty) { database in
      var connection = try database.connect()
      let inText = #expect(throws: PostgresError.self) {
        try connection.execute("SELECT \(SQL.literal("a\0b"))")
      }
      #expect(inText?.phase == .notSent)
      #expect(inText?.recovery == .data)
      let inParameter = #expect(throws: PostgresError.self) {
        try connection.query("SELECT $1", ["a\0b"])
      }
      #expect(inParameter?.phase == .notSent)
      let isUsable = connection.isUsable
      #expect(isUsable)
    }
  }

  @Test func copyInPlainStatementsIsRefusedAndDrained() throws {
    try TestDatabase.with(.empty) { database in
      var connection = try database.connect()
      try connection.execute("CREATE TABLE t (i int); INSERT INTO t VALUES (1), (2)")
      #expect(throws: PostgresError.self) { try connection.execute("COPY t FROM STDIN") }
      let tags = try connection.execute("COPY t TO STDOUT; SELECT 3").tags
      #expect(tags.last == "SELECT 1")
      try expectValid(&connection)
    }
  }

  @Test func applicationNameIsCutToWhatTheServerKeeps() throws {
    try TestDatabase.with(.empty) { database in
      var settings = try database.settings()
      settings = ConnectionSettings(
        conninfo: settings.conninfo,
        applicationName: "daybook-ingest/1@\u{e9}" + String(repeating: "x", count: 99))
      var connection = try Connection(settings)
      let name = try connection.execute("SHOW application_name").text(0, 0)
      #expect(name?.utf8.count == 63)
      #expect(name?.hasPrefix("daybook-ingest/1@??xx") == true)
      let encoding = try connection.execute("SHOW client_encoding").text(0, 0)
      #expect(encoding == "UTF8")
    }
  }

  @Test func quotingSurvivesTheServer() throws {
    try TestDatabase.with(.empty) { database in
      var connection = try database.connect()
      for text in ["", "'", "''", "\\'", "a\"b", "e\u{301}'\u{301}", "\r\n", "\u{1F600}"] {
        let literal = try connection.execute("SELECT \(SQL.literal(text))").text(0, 0)
        #expect(literal == text)
        let name = "x" + text
        let column = try connection.execute(
          """
          SELECT k FROM (SELECT 1 AS \(SQL.identifier(name))) AS t, jsonb_object_keys(to_jsonb(t)) AS k
          """
        ).text(0, 0)
        #expect(column == name)
      }
    }
  }

  @Test func messagesOfDataExceptionsDoNotQuoteData() throws {
    try TestDatabase.with(.empty) { database in
      var connection = try database.connect()
      let error = #expect(throws: PostgresError.self) {
        try connection.query("SELECT $1::integer", ["card 4111111111111111"])
      }
      #expect(error?.recovery == .data)
      #expect(error?.description.contains("4111") == false)
      #expect(error?.description.contains("integer") == true)
    }
  }
}
