// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Foundation
import Postgres
import Synchronization
import Testing

/// A statement is ended from outside, and a host that says nothing keeps nobody.
struct CancelTests {
  private final class Outcome: Sendable {
    let isSent = Atomic(true)
    let isThere = Atomic(false)

    /// What `cancel` says, in time; what hangs is a failure of the test, and not its end.
    func expect(
      _ expected: Bool, of canceller: Canceller, within patience: Duration,
      sourceLocation: SourceLocation = #_sourceLocation
    ) {
      Thread.detachNewThread { [self] in
        isSent.store(canceller.cancel(within: patience), ordering: .relaxed)
        isThere.store(true, ordering: .releasing)
      }
      let isInTime = eventually(seconds: 8) { isThere.load(ordering: .acquiring) }
      #expect(isInTime, sourceLocation: sourceLocation)
      #expect(isSent.load(ordering: .relaxed) == expected, sourceLocation: sourceLocation)
    }
  }

  @Test(arguments: TestRoute.allCases)
  func aStatementIsEnded(_ route: TestRoute) throws {
    try TestDatabase.with(.empty) { database in
      var connection = try database.connect(route)
      let own = connection.canceller
      let canceller = try #require(own)
      try connection.send("SELECT pg_sleep(120)")
      let isThere = try eventually {
        try database.value(
          "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' "
            + "AND query LIKE 'SELECT pg_sleep%'") == "1"
      }
      #expect(isThere)
      #expect(canceller.cancel())
      let error = #expect(throws: PostgresError.self) { _ = try connection.receive() }
      #expect(error?.sqlState == .queryCanceled)
      try expectValid(&connection)
    }
  }

  /// The kernel completes the connection, and nobody answers: libpq would wait for ever.
  @Test func aHostThatAcceptsAndSaysNothingKeepsNobody() throws {
    try TestDatabase.with(.empty) { database in
      let (proxy, canceller) = try Self.behindAProxy(database)
      defer { proxy.close() }
      proxy.set(.blackhole)
      for _ in 0..<2 { Outcome().expect(false, of: canceller, within: .milliseconds(200)) }
      // Two are left behind: a third is not begun, whatever its patience.
      Outcome().expect(false, of: canceller, within: .seconds(3600))
      proxy.set(.pass)
      // They come through, and so does the next one.
      #expect(eventually { canceller.cancel() })
    }
  }

  @Test func aHostThatRefusesIsNotWaitedFor() throws {
    try TestDatabase.with(.empty) { database in
      let (proxy, canceller) = try Self.behindAProxy(database)
      proxy.close()
      #expect(eventually { !canceller.cancel() })
    }
  }

  private static func behindAProxy(
    _ database: TestDatabase
  ) throws -> (TCPProxy, Canceller) {
    let proxy = try TCPProxy(to: try database.server.port(.direct))
    let connection = try database.connect(
      .direct, ["host": "127.0.0.1", "port": "\(proxy.port)"])
    let canceller = connection.canceller
    return (proxy, try #require(canceller))
  }
}
