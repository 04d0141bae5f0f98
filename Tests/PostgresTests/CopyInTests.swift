// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Postgres
import Sysexits
import Testing

/// What pgx tests of a COPY that fails; each ends with a connection that is still usable.
struct CopyInTests {
  @Test(arguments: TestRoute.allCases)
  func severalCopiesInOneString(_ route: TestRoute) throws {
    try withTables(route) { connection in
      let sql = """
        BEGIN; SET LOCAL lock_timeout = '5s'; SELECT 1;
        CREATE TEMPORARY TABLE staged (i int) ON COMMIT DROP;
        COPY t FROM STDIN; COPY u FROM STDIN; COPY staged FROM STDIN
        """
      var order: [Int] = []
      let rows = try connection.copyIn(sql, count: 3) { (index, sink) throws(PostgresError) in
        order.append(index)
        for row in 0..<(index * 2) { try sink.put("\(row)\n") }
      }
      #expect(rows == [0, 2, 4])
      #expect(order == [0, 1, 2])
      let tag = try connection.execute("SELECT count(*) FROM staged; COMMIT").commandTag
      #expect(tag == "COMMIT")
      let count = try connection.execute("SELECT count(*) FROM u").int64(0, 0)
      #expect(count == 2)
    }
  }

  @Test func bytesOfAnySizeArrive() throws {
    try withTables { connection in
      // Around the message size, and far beyond the socket's buffers.
      for size in [0, 1, 65_530, 65_531, 65_532, 131_062, 5_000_001] {
        let line = [UInt8](repeating: UInt8(ascii: "x"), count: size) + [UInt8(ascii: "\n")]
        try connection.execute("TRUNCATE v")
        let rows = try connection.copyIn("COPY v FROM STDIN", count: 1) {
          (_, sink) throws(PostgresError) in
          for _ in 0..<3 { try sink.put(bytes: line) }
        }
        #expect(rows == [3])
        let total = try connection.execute("SELECT sum(length(s)) FROM v").int64(0, 0)
        #expect(total == Int64(size * 3))
      }
    }
  }

  @Test(arguments: [TestRoute.direct, .transactionPooler])
  func failsServerSideMidway(_ route: TestRoute) throws {
    try withTables(route) { connection in
      try connection.execute("BEGIN")
      let error = #expect(throws: PostgresError.self) {
        _ = try connection.copyIn("COPY t FROM STDIN", count: 1) {
          (_, sink) throws(PostgresError) in try sink.put("1\n2\nthree\n4\n")
        }
      }
      #expect(error?.sqlState.rawValue == "22P02")
      #expect(error?.phase == .answered)
      expectStatus(connection, .failed)
      try expectValid(&connection)
    }
  }

  /// The server fails at the first row: the rest must not be sent.
  @Test(arguments: TestRoute.allCases)
  func failsEarlyWhileDataStillFlow(_ route: TestRoute) throws {
    try withTables(route) { connection in
      let line = [UInt8](repeating: UInt8(ascii: "9"), count: 63) + [UInt8(ascii: "\n")]
      let chunk = Array(repeatElement(line, count: 1024).joined())
      var sent = 0
      let error = #expect(throws: PostgresError.self) {
        try connection.execute("BEGIN")
        _ = try connection.copyIn("COPY t FROM STDIN", count: 1, deadline: .seconds(60)) {
          (_, sink) throws(PostgresError) in
          while sent < Self.endlessBytes {
            try sink.put(bytes: chunk)
            sent += chunk.count
          }
        }
      }
      #expect(error?.sqlState.rawValue == "22003")
      #expect(sent < Self.endlessBytes)
      try expectValid(&connection)
    }
  }

  /// The server is slow and fails while the feed waits for room in the socket.
  @Test func failsWhileTheFeedWaits() throws {
    try withTables { connection in
      try connection.execute(
        """
        CREATE FUNCTION slow_refusal() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN PERFORM pg_sleep(0.3); RAISE EXCEPTION 'no' USING ERRCODE = '23514'; END $$;
        CREATE TRIGGER slow BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION slow_refusal()
        """)
      let chunk = Array("1\n".utf8) + [UInt8](repeating: UInt8(ascii: "\n"), count: 1 << 20)
      var sent = 0
      let error = #expect(throws: PostgresError.self) {
        _ = try connection.copyIn("COPY t FROM STDIN", count: 1, deadline: .seconds(60)) {
          (_, sink) throws(PostgresError) in
          while sent < Self.endlessBytes {
            try sink.put(bytes: chunk)
            sent += chunk.count
          }
        }
      }
      #expect(error?.sqlState == .checkViolation)
      #expect(sent < Self.endlessBytes)
      try expectValid(&connection)
    }
  }

  /// Far more than the socket's buffers hold, so that notices arrive while the feed still sends.
  @Test func noticesDoNotEndACopy() throws {
    try withTables { connection in
      try connection.execute(
        """
        CREATE FUNCTION talk() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN RAISE NOTICE 'a row'; RETURN NULL; END $$;
        CREATE TRIGGER talk BEFORE INSERT ON v FOR EACH ROW EXECUTE FUNCTION talk()
        """)
      let line = [UInt8](repeating: UInt8(ascii: "x"), count: 8191) + [UInt8(ascii: "\n")]
      let chunk = Array(repeatElement(line, count: 128).joined())
      let rows = try connection.copyIn("COPY v FROM STDIN", count: 1) {
        (_, sink) throws(PostgresError) in
        for _ in 0..<64 { try sink.put(bytes: chunk) }
      }
      #expect(rows == [0])
      try expectValid(&connection)
    }
  }

  @Test(arguments: [0, 1000])
  func feedThrows(afterRows rowCount: Int) throws {
    try withTables(.transactionPooler) { connection in
      try connection.execute("BEGIN")
      let error = #expect(throws: PostgresError.self) {
        _ = try connection.copyIn("COPY t FROM STDIN; COPY u FROM STDIN", count: 2) {
          (_, sink) throws(PostgresError) in
          for row in 0..<rowCount { try sink.put("\(row)\n") }
          throw PostgresError(.fenced, "the feed gives up", phase: .notSent)
        }
      }
      #expect(error?.message == "the feed gives up")
      expectStatus(connection, .failed)
      try expectValid(&connection)
    }
  }

  @Test func leadingStatementFails() throws {
    try withTables { connection in
      let error = #expect(throws: PostgresError.self) {
        _ = try connection.copyIn("BEGIN; SELECT * FROM nosuch; COPY t FROM STDIN", count: 1) {
          (_, _) throws(PostgresError) in Issue.record("the feed must not be called")
        }
      }
      #expect(error?.sqlState == .undefinedTable)
      #expect(error?.exitCode == .configuration)
      try expectValid(&connection)
    }
  }

  @Test(arguments: [1, 3])
  func wrongNumberOfCopies(_ count: Int) throws {
    try withTables { connection in
      var calls = 0
      #expect(throws: PostgresError.self) {
        _ = try connection.copyIn("BEGIN; COPY t FROM STDIN; COPY u FROM STDIN", count: count) {
          (_, sink) throws(PostgresError) in
          calls += 1
          try sink.put("1\n")
        }
      }
      #expect(calls == min(count, 2))
      try expectValid(&connection)
      let left = try connection.execute("SELECT count(*) FROM t").int64(0, 0)
      #expect(left == 0)
    }
  }

  @Test func copyOutReturnsWhatWentIn() throws {
    try withTables { connection in
      _ = try connection.copyIn("COPY t FROM STDIN", count: 1) {
        (_, sink) throws(PostgresError) in
        for row in 0..<5000 { try sink.put("\(row)\n") }
      }
      let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1000, alignment: 1)
      defer { buffer.deallocate() }
      var text: [UInt8] = []
      let rows = try connection.copyOut("COPY t TO STDOUT") { (source) throws(PostgresError) in
        while case let count = try source.read(into: buffer), count > 0 { text += buffer[..<count] }
      }
      #expect(rows == 5000)
      #expect(text == (0..<5000).flatMap { Array("\($0)\n".utf8) })
      try expectValid(&connection)
      #expect(throws: PostgresError.self) {
        try connection.copyOut("COPY nosuch TO STDOUT") { (_) throws(PostgresError) in }
      }
      try expectValid(&connection)
    }
  }

  /// The server would send for minutes.
  @Test func aCopyThatIsNotReadToItsEndIsStopped() throws {
    try withTables { connection in
      let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1000, alignment: 1)
      defer { buffer.deallocate() }
      let unread = #expect(throws: PostgresError.self) {
        try connection.copyOut(
          """
          COPY (SELECT repeat('x', 1000) FROM generate_series(1, 100000) a,
            generate_series(1, 10000) b) TO STDOUT
          """
        ) { (source) throws(PostgresError) in _ = try source.read(into: buffer) }
      }
      #expect(unread?.sqlState == .queryCanceled)
      try expectValid(&connection)
    }
  }

  private static let endlessBytes = 1 << 30

  private func withTables(
    _ route: TestRoute = .direct, _ body: (inout Connection) throws -> Void
  ) throws {
    try TestDatabase.with(.empty) { database in
      try database.value("CREATE TABLE t (i int); CREATE TABLE u (i int); CREATE TABLE v (s text)")
      var connection = try database.connect(route)
      try body(&connection)
    }
  }
}
