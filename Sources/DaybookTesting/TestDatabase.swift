// SPDX-License-Identifier: Apache-2.0
import Glibc
import Migrations
package import Postgres
import Synchronization

/// A database of a test's own, dropped when the test is over, whoever is still connected.
package struct TestDatabase: Sendable {
  package enum Contents: Sendable {
    case empty
    /// Everything that `daybook migrate up` makes, copied from a template.
    case migrated
  }

  package let server: TestServer
  package let name: String

  /// Makes a database, runs `body` with it, and drops it.
  package static func with<Value>(
    _ contents: Contents = .migrated, on server: TestServer? = nil,
    _ body: (TestDatabase) throws -> Value
  ) throws -> Value {
    let database = try make(contents, server)
    defer { database.drop() }
    return try body(database)
  }

  /// The same for a body that awaits.
  package static func with<Value>(
    _ contents: Contents = .migrated, on server: TestServer? = nil,
    _ body: (TestDatabase) async throws -> Value
  ) async throws -> Value {
    let database = try make(contents, server)
    defer { database.drop() }
    return try await body(database)
  }

  package func settings(
    _ route: TestRoute = .direct, _ options: [String: String] = [:]
  ) throws -> ConnectionSettings {
    try server.settings(database: name, route: route, options)
  }

  package func connect(
    _ route: TestRoute = .direct, _ options: [String: String] = [:]
  ) throws -> Connection {
    try Connection(settings(route, options))
  }

  /// A session of a login role made by `TestServer.makeLogin`.
  package func connect(as login: String) throws -> Connection {
    try connect(.direct, ["user": login, "password": "test"])
  }

  /// The first value of the answer to `sql`, run by the superuser.
  @discardableResult
  package func value(_ sql: String) throws -> String? {
    var connection = try connect()
    return try connection.execute(sql).text(0, 0)
  }

  /// Drops it, and makes it again as an empty one that keeps texts in another encoding.
  package func remake(encoding: String) throws {
    var admin = try server.connectAsAdmin()
    let quoted = SQL.identifier(name)
    try admin.execute("DROP DATABASE \(quoted)")
    try admin.execute(
      "CREATE DATABASE \(quoted) TEMPLATE template0 ENCODING '\(encoding)' LOCALE 'C'")
  }

  private static func make(_ contents: Contents, _ server: TestServer?) throws -> TestDatabase {
    let server = try server ?? TestServer.main()
    let number = count.withLock { count in
      count += 1
      return count
    }
    let database = TestDatabase(server: server, name: "daybook_test_\(getpid())_\(number)")
    var admin = try server.connectAsAdmin()
    switch contents {
    case .empty:
      try admin.execute("CREATE DATABASE \(SQL.identifier(database.name)) TEMPLATE template0")
    case .migrated:
      let template = try template(server, &admin)
      try admin.execute(
        "CREATE DATABASE \(SQL.identifier(database.name)) TEMPLATE \(SQL.identifier(template))")
    }
    return database
  }

  /// Name of a database that is migrated once for each set of files and month, and kept.
  private static func template(
    _ server: TestServer, _ admin: inout Connection
  ) throws -> String {
    let files = SchemaFile.all.map(\.text).joined()
    let fingerprint = try admin.query(
      "SELECT left(md5($1), 12) || to_char(now() AT TIME ZONE 'UTC', '_YYYYMM')", [files])
    let name = "daybook_template_" + (fingerprint.text(0, 0) ?? "")
    try admin.execute("SELECT pg_advisory_lock(hashtext('daybook test template'))")
    let ready = try admin.query(
      "SELECT count(*) FROM pg_database WHERE datname = $1 AND datistemplate", [name])
    if ready.int64(0, 0) != 1 {
      try admin.execute("DROP DATABASE IF EXISTS \(SQL.identifier(name)) WITH (FORCE)")
      try admin.execute("CREATE DATABASE \(SQL.identifier(name)) TEMPLATE template0")
      try migrate(server, name)
      try admin.execute("ALTER DATABASE \(SQL.identifier(name)) IS_TEMPLATE true")
    }
    try admin.execute("SELECT pg_advisory_unlock(hashtext('daybook test template'))")
    return name
  }

  private static func migrate(_ server: TestServer, _ name: String) throws {
    var migrator = Migrator(
      try Connection(server.settings(database: name)), daybookVersion: "test")
    try migrator.up()
  }

  private func drop() {
    do {
      var admin = try server.connectAsAdmin()
      try admin.execute("DROP DATABASE IF EXISTS \(SQL.identifier(name)) WITH (FORCE)")
    } catch {
      print("cannot drop \(name): \(error)")
    }
  }

  private static let count = Mutex(0)
}
