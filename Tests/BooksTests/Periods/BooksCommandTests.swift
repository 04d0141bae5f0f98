// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import DaybookTesting
import Foundation
import Postgres
import Sysexits
import Testing
import daybook

/// The commands, by logins that are members of one group.
@Suite struct BooksCommandTests {
  private func run(
    _ scene: BooksScene, as login: String, _ arguments: [String]
  ) throws -> (code: ExitCode, output: String) {
    let settings = try scene.database.settings(.direct, ["user": login, "password": "test"])
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("daybook-\(UUID().uuidString)")
    try Data().write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let handle = try FileHandle(forWritingTo: file)
    let code = Daybook.run(
      arguments,
      environment: [
        "DAYBOOK_DATABASE_URL": settings.conninfo,
        "DAYBOOK_REPLICA_DATABASE_URL": settings.conninfo,
      ], output: Output(descriptor: handle.fileDescriptor))
    try handle.close()
    return (code, try String(contentsOf: file, encoding: .utf8))
  }

  @Test(arguments: TestServer.all)
  func financeClosesAMonth(_ server: TestServer) throws {
    try BooksScene.with(on: server) { scene in
      let (month, next) = (BooksScene.month(5), BooksScene.month(4))
      try scene.ingest([
        .init(at: month.start, source: "producer"), .init(at: month.start, cost: nil),
      ])
      func finance(_ arguments: String...) throws -> (code: ExitCode, output: String) {
        try run(scene, as: BooksScene.login, arguments)
      }
      #expect(try finance("reconcile").code == .success)
      #expect(try scene.value("SELECT source FROM reconciliations") == "replica")
      try scene.value("UPDATE costs_daily SET cost = cost + 1")
      let drift = try finance("reconcile", "--month", "\(month)", "--json")
      #expect(drift.code == .checkFailed && drift.output.contains("\"unrepaired\":2"))
      #expect(try finance("periods", "close", "\(month)", "--yes").code == .checkFailed)
      #expect(try finance("reconcile", "--repair").code == .usage)
      #expect(try finance("reconcile", "--repair", "--reason", "test").code == .success)
      #expect(try finance("periods", "close", "\(month)", "--yes").code == .checkFailed)
      let draft = try finance("periods", "close", "\(month)", "--dry-run", "--allow-unpriced")
      #expect(draft.code == .success && draft.output.contains("would be closed as version 1"))
      #expect(try finance("periods", "close", "\(month)", "--allow-unpriced").code == .usage)
      let closed = try finance(
        "periods", "close", "\(month)", "--allow-unpriced", "--yes", "--reason", "month end")
      #expect(closed.code == .success && closed.output.contains("(month end)"))
      #expect(try finance("periods", "close", "\(month)", "--yes").code == .checkFailed)
      #expect(try finance("periods", "show", "\(month)").output.contains("are right"))
      #expect(try finance("periods", "show", "\(next)").output.contains("is open"))
      #expect(try finance("periods", "show", "\(month)", "--version", "9").code == .noInput)
      let asOf = try finance("periods", "show", "\(month)", "--as-of", "\(next)")
      #expect(asOf.code == .success && asOf.output.contains("as it was known"))
      #expect(
        try finance("periods", "reopen", "\(next)", "--reason", "r", "--yes").code == .checkFailed)
      #expect(try finance("periods", "reopen", "\(month)", "--yes").code == .usage)
      #expect(
        try finance("periods", "reopen", "\(month)", "--reason", "r", "--yes").code == .success)
      #expect(try finance("periods", "list").output.contains("open"))
    }
  }

  @Test func aReaderListsAndShowsOnly() throws {
    try BooksScene.with { scene in
      try scene.database.server.makeLogin("daybook_test_reader", memberOf: ["app_read"])
      let month = BooksScene.month(5)
      try scene.ingest([.init(at: month.start)])
      let list = try run(scene, as: "daybook_test_reader", ["periods", "list", "--json"])
      #expect(list.code == .success && list.output.contains("\"status\":\"open\""))
      #expect(
        try run(scene, as: "daybook_test_reader", ["periods", "show", "\(month)"]).code == .success)
      for command in [
        ["periods", "close", "\(month)", "--yes", "--allow-drift"],
        ["periods", "close", "\(month)", "--yes"],
        ["periods", "reopen", "\(month)", "--yes", "--reason", "r"], ["reconcile"],
        ["periods", "show", "\(month)", "--as-of", "\(month)"],
      ] {
        #expect(
          try run(scene, as: "daybook_test_reader", command).code == .noPermission, "\(command)")
      }
    }
  }
}
