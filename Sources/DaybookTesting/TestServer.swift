// SPDX-License-Identifier: Apache-2.0
import Glibc
package import Postgres

/// A PostgreSQL server for tests, started by `ops/test` and announced in the environment.
package struct TestServer: Sendable {
  package let name: String
  /// Superuser over a direct connection.
  package let admin: ConnectionString
  /// Port of a PgBouncer on 127.0.0.1 for each pool mode; nil for servers without one.
  let poolerPorts: [TestRoute: String]

  package static let postgres15 = TestServer(
    "PostgreSQL 15", "DAYBOOK_TEST_ADMIN_URL",
    poolers: [
      .transactionPooler: "DAYBOOK_TEST_POOLER_TRANSACTION_PORT",
      .sessionPooler: "DAYBOOK_TEST_POOLER_SESSION_PORT",
    ])
  package static let postgres16 = TestServer("PostgreSQL 16", "DAYBOOK_TEST_ADMIN_URL_16")

  /// The servers of this run: 15 always, 16 where `ops/test` has found one.
  package static let all = [postgres15, postgres16].compactMap { $0 }

  /// The server that every test may count on.
  package static func main() throws -> TestServer {
    guard let postgres15 else { throw TestServerMissing() }
    return postgres15
  }

  private init?(_ name: String, _ variable: String, poolers: [TestRoute: String] = [:]) {
    guard let url = Self.environment(variable), let admin = try? ConnectionString(url) else {
      return nil
    }
    self.name = name
    self.admin = admin
    poolerPorts = poolers.compactMapValues { Self.environment($0) }
  }

  /// Settings for `database`, as the superuser unless `options` name another user.
  package func settings(
    database: String, route: TestRoute = .direct, _ options: [String: String] = [:]
  ) throws -> ConnectionSettings {
    var all = admin.options.merging(options) { $1 }
    all["dbname"] = database
    if route != .direct {
      guard let port = poolerPorts[route] else { throw TestServerMissing() }
      all["host"] = "127.0.0.1"
      all["port"] = port
    }
    let conninfo = all.sorted { $0.key < $1.key }.map { "\($0.key)=\(Self.quoted($0.value))" }
    return ConnectionSettings(
      conninfo: conninfo.joined(separator: " "), applicationName: "daybook-test")
  }

  /// The port of 127.0.0.1 at which a route begins.
  package func port(_ route: TestRoute) throws -> Int {
    let text = route == .direct ? admin.options["port"] : poolerPorts[route]
    guard let port = text.flatMap({ Int($0) }) else { throw TestServerMissing() }
    return port
  }

  /// A superuser's session in the administration database, outside of any pool.
  package func connectAsAdmin() throws -> Connection {
    try Connection(settings(database: admin.options["dbname"] ?? "postgres"))
  }

  /// A login role with password "test" that is a member of `groups`; left for the next test.
  package func makeLogin(_ login: String, memberOf groups: [String], _ attributes: String = "")
    throws
  {
    var connection = try connectAsAdmin()
    // Tests run beside each other: without the lock two of them update the same catalogue row.
    try connection.execute(
      """
      BEGIN;
      SELECT pg_advisory_xact_lock(hashtext('daybook test logins'));
      DO $$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = \(SQL.literal(login))) THEN
          CREATE ROLE \(SQL.identifier(login)) LOGIN PASSWORD 'test' \(attributes);
        END IF;
      END $$;
      """)
    for group in groups {
      try connection.execute("GRANT \(SQL.identifier(group)) TO \(SQL.identifier(login))")
    }
    try connection.execute("COMMIT")
  }

  private static func quoted(_ value: String) -> String {
    let escaped = value.flatMap { $0 == "'" || $0 == "\\" ? ["\\", $0] : [$0] }
    return "'" + String(escaped) + "'"
  }

  private static func environment(_ name: String) -> String? {
    unsafe getenv(name).map { unsafe String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
  }
}
