// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Foundation
import Testing
import daybook

/// Whoever follows a document literally is not told "unknown option".
@Suite struct DocumentedCommandTests {
  @Test func everyCommandLineIsUnderstood() throws {
    let commands = DocumentedCommand.all
    #expect(commands.count > 100)
    for command in commands where command.arguments.first != "help" {
      do throws(CommandError) {
        _ = try ArgumentParser(commands: Commands.all).parse(command.arguments)
      } catch {
        let isMention =
          command.isInline
          && (error.message.hasPrefix("an argument is missing")
            || error.message.contains("needs a "))
        #expect(isMention, "\(command.testDescription): \(error)")
      }
    }
  }

  /// The units start what there is.
  @Test func everyUnitStartsACommand() throws {
    let directory = DocumentTests.root.appending(path: "ops/systemd")
    var count = 0
    for name in try FileManager.default.contentsOfDirectory(atPath: directory.path) {
      let text = try String(contentsOf: directory.appending(path: name), encoding: .utf8)
      for match in text.matches(of: /ExecStart=\/usr\/bin\/(daybook .*)/) {
        let command = DocumentedCommand(document: name, text: String(match.1), isInline: false)
        #expect(throws: Never.self) {
          try ArgumentParser(commands: Commands.all).parse(command.arguments)
        }
        count += 1
      }
    }
    #expect(count == 3)
  }

  /// Statements of the runbooks, in transactions that are rolled back.
  @Test(arguments: TestServer.all)
  func everyStatementOfTheRunbooksFitsTheSchema(_ server: TestServer) throws {
    try TestDatabase.with(on: server) { database in
      var count = 0
      let hasStatistics = try database.value(Self.statisticsAreThere) == "1"
      if hasStatistics { try database.value("CREATE EXTENSION pg_stat_statements") }
      for document in DocumentTests.documents where document.hasPrefix("ops/runbooks/") {
        // pg_partman's own tables are those of its tests.
        if document.hasSuffix("partman.md") { continue }
        let file = DocumentTests.root.appending(path: document)
        for given in Self.statements(try String(contentsOf: file, encoding: .utf8)) {
          // Servers of tests do not load its library: it can be planned, and not asked.
          let asksStatistics = given.contains("FROM pg_stat_statements")
          if !hasStatistics, given.contains("pg_stat_statements") { continue }
          let sql = asksStatistics ? "EXPLAIN \(given)" : given
          #expect(throws: Never.self, "\(document): \(sql)") {
            try database.value("BEGIN; \(sql); ROLLBACK")
          }
          count += 1
        }
      }
      #expect(count >= 10)
    }
  }

  private static let statisticsAreThere =
    "SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_stat_statements'"

  /// What psql is given, and blocks between BEGIN and COMMIT; with a table for each placeholder.
  private static func statements(_ text: String) -> [String] {
    let given = text.matches(of: /psql "\$DAYBOOK_ADMIN_DATABASE_URL" -c (?:"([^"]*)"|'([^']*)')/)
      .compactMap { ($0.1 ?? $0.2).map(String.init) }
      .filter { !$0.hasPrefix("\\") }  // a command of psql's own
    let blocks = text.matches(of: /\n    BEGIN;((?:.*\n)+?)    COMMIT;/).map { String($0.1) }
    return (given + blocks).map {
      $0.replacing("PARTITION", with: "invocations").replacing("'TABLE'", with: "'invocations'")
        .replacing("TOPIC", with: "t").replacing("COUNT;", with: "1;")
        .replacing("COUNT RETURNING", with: "1 RETURNING").replacing("QUERY", with: "SELECT 1")
    }
  }
}
