// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Foundation
import Sysexits
import Testing

@testable import Postgres

/// What an operator sees when the settings are wrong: one line, a remedy, the right exit code.
struct ConnectFailureTests {
  @Test func nobodyListens() throws {
    try expect(
      ["port": "1"], state: .cannotConnect, exitCode: .unavailable, .reconnect, says: "port 1")
  }

  @Test func noSuchHost() throws {
    try expect(
      ["host": "no-such-host.invalid"], state: .cannotConnect, exitCode: .unavailable, .reconnect,
      says: "no-such-host.invalid")
  }

  @Test(arguments: TestRoute.allCases)
  func wrongPassword(_ route: TestRoute) throws {
    try expect(
      ["password": "hunter2-wrong"], route, state: nil, exitCode: .noPermission, .stop,
      says: "password")
  }

  @Test(arguments: TestRoute.allCases)
  func noSuchDatabase(_ route: TestRoute) throws {
    try expect(
      ["dbname": "no_such_database"], route, state: .invalidCatalogName, exitCode: .configuration,
      .stop,
      says: "no_such_database")
  }

  @Test(arguments: TestRoute.allCases)
  func serverWithoutTLS(_ route: TestRoute) throws {
    try expect(
      ["sslmode": "require"], route, state: .cannotConnect, exitCode: .configuration, .stop,
      says: "TLS")
  }

  /// A server or pooler that restarts breaks connections under TLS too; certificates that do not
  /// fit are set up wrong.
  @Test(arguments: [
    ("SSL SYSCALL error: EOF detected", PostgresError.Recovery.reconnect),
    ("SSL SYSCALL error: Connection reset by peer", .reconnect),
    ("SSL SYSCALL error: Success", .reconnect),
    ("SSL error: unexpected eof while reading", .reconnect),
    ("SSL connection has been closed unexpectedly", .reconnect),
    (
      "server closed the connection unexpectedly\n\tThis probably means the server terminated"
        + " abnormally\n\tbefore or while processing the request.",
      .reconnect
    ),
    ("SSL error: certificate verify failed", .stop),
    ("SSL error: tlsv1 alert unknown ca", .stop),
    ("server does not support SSL, but SSL was required", .stop),
    ("server certificate for \"db\" does not match host name \"127.0.0.1\"", .stop),
  ])
  func aBrokenConnectionIsNotAWrongSetting(reason: String, recovery: PostgresError.Recovery) {
    let address = "connection to server at \"db\" (127.0.0.1), port 5432 failed: "
    let error = ConnectFailure.error(text: address + reason + "\n")
    #expect(error.recovery == recovery, "\(error)")
    #expect(error.exitCode == (recovery == .stop ? .configuration : .unavailable), "\(error)")
  }

  @Test func missingRootCertificate() throws {
    try expect(
      ["sslmode": "verify-full", "sslrootcert": "/nonexistent/root.crt"], state: .cannotConnect,
      exitCode: .configuration, .stop, says: "sslrootcert")
  }

  @Test(arguments: [["sslmode": "sometimes"], ["port": "99999"], ["service": "no_such_service"]])
  func optionThatLibpqRefuses(_ options: [String: String]) throws {
    try expect(
      options, state: .configFileError, exitCode: .configuration, .stop,
      says: options.values.first ?? "?")
  }

  @Test func startupOptionsThroughThePooler() throws {
    try expect(
      ["options": "-c statement_timeout=1"], .transactionPooler, state: .protocolViolation,
      exitCode: .configuration, .stop, says: "options")
  }

  @Test func passwordFileOpenToOthers() throws {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("daybook-test-\(UUID()).pgpass").path
    let isMade = FileManager.default.createFile(
      atPath: path, contents: Data("*:*:*:*:hunter2\n".utf8),
      attributes: [.posixPermissions: 0o644])
    try #require(isMade)
    defer { try? FileManager.default.removeItem(atPath: path) }
    let settings = ConnectionSettings(
      conninfo: "host=127.0.0.1 port=1 passfile=\(path)", applicationName: "t")
    let open = #expect(throws: PostgresError.self) { _ = try Connection(settings) }
    #expect(open?.exitCode == .configuration)
    #expect(open?.description.contains("chmod 600") == true)

    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    let closed = #expect(throws: PostgresError.self) { _ = try Connection(settings) }
    #expect(closed?.exitCode == .unavailable)
  }

  /// Neither the string nor the environment changes while a process runs, and a login without a
  /// password has none that could change.
  @Test func aPasswordIsReadAnewOrNot() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "pgpass-\(UUID())").path
    try Data("*:*:*:*:hunter2\n".utf8).write(to: URL(filePath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    func isRead(_ options: [String: String], _ variables: [String: String] = [:]) -> Bool {
      PasswordFile.isRead(options) { variables[$0] }
    }
    #expect(isRead(["passfile": path]))
    #expect(isRead(["password": "", "passfile": path]))
    #expect(isRead([:], ["PGPASSFILE": path]))
    #expect(isRead(["service": "daybook"], ["PGPASSWORD": "hunter2"]))
    #expect(isRead([:], ["PGSERVICE": "daybook"]))
    #expect(!isRead(["password": "hunter2", "passfile": path]))
    #expect(!isRead(["passfile": path], ["PGPASSWORD": "hunter2"]))
    #expect(!isRead(["passfile": path + ".gone"]))
    #expect(!isRead([:]))
  }

  @Test func aStringInAFileIsReadAnewWithItsPassword() {
    var settings = ConnectionSettings(conninfo: "password=hunter2", applicationName: "t")
    #expect(!settings.readsPasswordAnew)
    settings.reread = { nil }
    #expect(settings.readsPasswordAnew)
  }

  private func expect(
    _ options: [String: String], _ route: TestRoute = .direct, state: SQLState?, exitCode: ExitCode,
    _ recovery: PostgresError.Recovery, says text: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    var settings = try TestServer.main().settings(database: "postgres", route: route, options)
    if let name = options["dbname"] {
      settings = try TestServer.main().settings(database: name, route: route)
    }
    let error = #expect(throws: PostgresError.self, sourceLocation: sourceLocation) {
      _ = try Connection(settings)
    }
    guard let error else { return }
    if let state { #expect(error.sqlState == state, sourceLocation: sourceLocation) }
    #expect(error.exitCode == exitCode, "\(error)", sourceLocation: sourceLocation)
    #expect(error.recovery == recovery, "\(error)", sourceLocation: sourceLocation)
    #expect(error.phase == .connecting, sourceLocation: sourceLocation)
    #expect(error.description.contains(text), "\(error)", sourceLocation: sourceLocation)
    #expect(!error.description.contains("\n"), "\(error)", sourceLocation: sourceLocation)
    #expect(!error.description.contains("hunter2"), sourceLocation: sourceLocation)
  }
}
