// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Postgres
import Sysexits
import Testing

struct LostConnectionTests {
  @Test func silentServerCannotHangAConnect() throws {
    let server = SilentServer()
    let settings = ConnectionSettings(
      conninfo: "host=127.0.0.1 port=\(server.port)", applicationName: "t")
    let start = ContinuousClock.now
    let error = #expect(throws: PostgresError.self) {
      _ = try Connection(settings, deadline: .milliseconds(300))
    }
    #expect(ContinuousClock.now - start < .seconds(5))
    #expect(error?.recovery == .reconnect)
    #expect(error?.exitCode == .unavailable)
  }

  @Test func connectTimeoutOfTheUserCounts() throws {
    let server = SilentServer()
    let settings = ConnectionSettings(
      conninfo: "host=127.0.0.1 port=\(server.port) connect_timeout=1", applicationName: "t")
    let start = ContinuousClock.now
    #expect(throws: PostgresError.self) { _ = try Connection(settings, deadline: .seconds(60)) }
    #expect(ContinuousClock.now - start < .seconds(20))
  }

  /// libpq goes on by itself only from a host that refuses.
  @Test(arguments: [
    ["silent", "closed", "live"], ["closed", "silent", "live"], ["live", "silent"],
  ])
  func aSilentHostIsLeftForTheNextOne(_ hosts: [String]) throws {
    let silent = SilentServer()
    try TestDatabase.with(.empty) { database in
      let settings = try database.settings()
      let live = try #require(try ConnectionString(settings.conninfo).options["port"])
      let ports = ["silent": "\(silent.port)", "closed": "1", "live": live]
      let several = try database.settings(
        .direct,
        [
          "host": hosts.map { _ in "127.0.0.1" }.joined(separator: ","),
          "port": hosts.compactMap { ports[$0] }.joined(separator: ","), "connect_timeout": "1",
          // A primary is taken only when every host was asked.
          "target_session_attrs": hosts[0] == "live" ? "prefer-standby" : "read-write",
        ])
      var connection = try Connection(several)
      #expect(try connection.execute("SELECT current_database()").text(0, 0) == database.name)
    }
  }

  @Test(arguments: TestRoute.allCases)
  func slowStatementEndsAtTheDeadline(_ route: TestRoute) throws {
    try TestDatabase.with(.empty) { database in
      var connection = try database.connect(route)
      let start = ContinuousClock.now
      let error = #expect(throws: PostgresError.self) {
        try connection.execute("SELECT pg_sleep(120)", deadline: .milliseconds(200))
      }
      #expect(ContinuousClock.now - start < .seconds(20))
      #expect(error?.phase == .unanswered)
      #expect(error?.recovery == .reconnect)
      let isUsable = connection.isUsable
      #expect(!isUsable)
      let next = #expect(throws: PostgresError.self) { try connection.execute("SELECT 1") }
      #expect(next?.phase == .notSent)
    }
  }

  /// The server does not read: the data fill the socket, and then nothing moves.
  @Test func copyIntoAFrozenBackendEndsAtTheDeadline() throws {
    try TestDatabase.with(.empty) { database in
      try database.value(
        """
        CREATE TABLE t (i int);
        CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN PERFORM pg_sleep(120); RETURN NEW; END $$;
        CREATE TRIGGER wait BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION wait()
        """)
      var connection = try database.connect()
      let chunk = Array(repeatElement(Array("1\n".utf8), count: 1 << 18).joined())
      let start = ContinuousClock.now
      let error = #expect(throws: PostgresError.self) {
        _ = try connection.copyIn("COPY t FROM STDIN", count: 1, deadline: .milliseconds(500)) {
          (_, sink) throws(PostgresError) in
          while true { try sink.put(bytes: chunk) }
        }
      }
      #expect(ContinuousClock.now - start < .seconds(20))
      #expect(error?.phase == .unanswered)
      let isUsable = connection.isUsable
      #expect(!isUsable)
    }
  }

  @Test(arguments: TestRoute.allCases)
  func terminatedBeforeTheAnswerIsUnknown(_ route: TestRoute) throws {
    try TestDatabase.with(.empty) { database in
      var connection = try database.connect(route)
      let pid = try connection.execute("BEGIN; SELECT pg_backend_pid()").int64(0, 0)
      try connection.send("SELECT pg_sleep(120); COMMIT")
      #expect(try terminate(Int32(try #require(pid)), database))
      let error = #expect(throws: PostgresError.self) { _ = try connection.receive() }
      #expect(error?.phase == .unanswered, "\(String(describing: error))")
      #expect(error?.recovery == .reconnect)
      if route == .direct { #expect(error?.sqlState.rawValue == "57P01") }
      let isUsable = connection.isUsable
      #expect(!isUsable)
      let next = #expect(throws: PostgresError.self) { _ = try connection.receive() }
      #expect(next?.phase == .unanswered)
    }
  }

  @Test func terminatedInTheMiddleOfACopy() throws {
    try TestDatabase.with(.empty) { database in
      try database.value("CREATE TABLE t (i int)")
      var connection = try database.connect()
      let pid = connection.backendPID
      let chunk = Array(repeatElement(Array("1\n".utf8), count: 1 << 18).joined())
      let error = #expect(throws: PostgresError.self) {
        _ = try connection.copyIn("BEGIN; COPY t FROM STDIN", count: 1) {
          (_, sink) throws(PostgresError) in
          try sink.put(bytes: chunk)
          #expect((try? terminate(pid, database)) == true)
          for _ in 0..<1000 { try sink.put(bytes: chunk) }
        }
      }
      #expect(error?.phase == .unanswered)
      #expect(error?.recovery == .reconnect)
      let isUsable = connection.isUsable
      #expect(!isUsable)
    }
  }

  @Test func terminatedWhileIdleIsNoticedByTheNextStatement() throws {
    try TestDatabase.with(.empty) { database in
      var connection = try database.connect()
      let pid = connection.backendPID
      #expect(try terminate(pid, database))
      let error = #expect(throws: PostgresError.self) { try connection.execute("SELECT 1") }
      #expect(error?.recovery == .reconnect)
      let isUsable = connection.isUsable
      #expect(!isUsable)
    }
  }

  /// True when the backend is gone; waits for that on the server, for ten seconds at most.
  private func terminate(_ pid: Int32, _ database: TestDatabase) throws -> Bool {
    try database.value("SELECT pg_terminate_backend(\(pid), 10000)") == "t"
  }
}
