// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Foundation
import Postgres
import Sysexits
import Testing

@testable import Ingest

/// A password that is changed in the server first, and then where ingest has it from.
struct RotatedPasswordTests {
  @Test func thatOfAPasswordFileIsWaitedFor() throws {
    try Self.withLogin { database, login in
      let file = FileManager.default.temporaryDirectory
        .appendingPathComponent("daybook-test-\(UUID()).pgpass").path
      func write(_ password: String) throws {
        let line = Data("*:*:*:\(login):\(password)\n".utf8)
        let isMade = FileManager.default.createFile(
          atPath: file, contents: line, attributes: [.posixPermissions: 0o600])
        try #require(isMade)
      }
      defer { try? FileManager.default.removeItem(atPath: file) }
      try write("test")
      let settings = try database.settings(
        .direct, ["user": login, "password": "", "passfile": file])
      let link = DatabaseLink(settings)
      #expect(try Self.user(link) == login)

      try database.value("ALTER ROLE \(login) PASSWORD 'another'")
      link.close()
      let refused = try #require(throws: PostgresError.self) { try Self.user(link) }
      #expect(refused.recovery == .reconnect, "\(refused)")
      #expect(refused.remedy.contains("password"), "\(refused)")
      try write("another")
      #expect(try Self.user(link) == login)
      // Of a command, and of the start, it is the first connection.
      try write("wrong")
      let first = try #require(throws: PostgresError.self) { _ = try Connection(settings) }
      #expect(first.recovery == .stop && first.exitCode == .noPermission, "\(first)")
    }
  }

  /// Nothing but a restart changes it.
  @Test func thatOfTheStringStaysWrong() throws {
    try Self.withLogin { database, login in
      let link = DatabaseLink(
        try database.settings(.direct, ["user": login, "password": "test"]))
      #expect(try Self.user(link) == login)
      try database.value("ALTER ROLE \(login) PASSWORD 'another'")
      link.close()
      let refused = try #require(throws: PostgresError.self) { try Self.user(link) }
      #expect(refused.recovery == .stop && refused.exitCode == .noPermission, "\(refused)")
    }
  }

  private static func user(_ link: DatabaseLink) throws(PostgresError) -> String? {
    try link.use { connection throws(PostgresError) in
      try connection.execute("SELECT session_user").text(0, 0)
    }
  }

  /// A login role of the test's own.
  private static func withLogin(_ body: (TestDatabase, String) throws -> Void) throws {
    try TestDatabase.with { database in
      let login = "rotated_\(database.name)"
      try database.server.makeLogin(login, memberOf: [])
      defer { #expect(throws: Never.self) { try database.value("DROP ROLE \(login)") } }
      try body(database, login)
    }
  }
}
