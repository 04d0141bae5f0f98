// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Foundation
import Postgres
import Testing

extension EndToEnd {
  /// What a service takes over while it runs.
  @Suite struct ReloadTests {
    @Test func aHangUpOfAServiceReadsTheSettingsAgain() throws {
      try Scenario.run { scenario in
        let file = scenario.directory.appendingPathComponent("daybook.conf")
        func write(_ text: String) throws { try Data(text.utf8).write(to: file) }
        try write("log_level = info\nreject_ratio_max = 0.4\n")
        scenario.terminal = .none
        let listener = NotifyListener()
        let process = try scenario.ingest(
          "--config", file.path, batchRows: nil, environment: ["NOTIFY_SOCKET": listener.address])
        try scenario.load.send(1_000)
        try scenario.expectAllSeen(process)
        #expect(!process.output.contains("batch committed"))

        let before = try scenario.database.value("SELECT max(committed_at) FROM ingest_batches")
        try write(
          "log_level = debug\nreject_ratio_max = 0.3\nbatch_rows = 100\nbatch_rows_early = 50\n"
            + "kafka.client.rack = a\n")
        process.send(SIGHUP)
        // By both workers.
        #expect(
          eventually(seconds: 10) {
            process.output.components(separatedBy: "new settings are in use").count == 3
          })
        #expect(process.output.contains(#""settings":"kafka.client.rack""#))
        #expect(process.output.contains(#""batch_rows":100,"#))
        try scenario.load.send(1_000)
        try scenario.expectAllSeen(process)
        #expect(eventually(seconds: 10) { process.output.contains("batch committed") })
        let largest = try scenario.database.value(
          "SELECT max(seen) FROM ingest_batches WHERE committed_at > '\(before ?? "")'")
        #expect(largest == "100")
        #expect(listener.messages.contains { $0.hasPrefix("RELOADING=1\n") })
        #expect(eventually(seconds: 10) { listener.count(of: "READY=1") == 2 })

        try write("log_level = loud\n")
        process.send(SIGHUP)
        #expect(eventually(seconds: 10) { process.output.contains("the old ones stay") })
        #expect(process.output.contains("daybook.conf:1"), "\(process.lastLines)")
        scenario.expectOrderlyStop(process)
        try scenario.expectSums()
      }
    }

    /// The password changes in the database first, and for a while the file has the old one.
    @Test func aNewPasswordInItsFileIsTakenWithTheNextConnection() throws {
      try Scenario.run { scenario in
        let login = "rotated_\(scenario.group)"
        try scenario.database.server.makeLogin(login, memberOf: ["app_write"])
        defer { #expect(throws: Never.self) { try scenario.database.value("DROP ROLE \(login)") } }
        let file = scenario.directory.appendingPathComponent("database_url")
        func write(_ password: String) throws {
          let route = try scenario.database.settings(
            .direct, ["user": login, "password": password])
          try Data((route.conninfo + "\n").utf8).write(to: file)
        }
        try write("test")
        let process = try scenario.ingest(
          "--metrics-listen", ":0",
          environment: ["DAYBOOK_DATABASE_URL": "", "DAYBOOK_DATABASE_URL_FILE": file.path])
        try scenario.load.send(1_000)
        try scenario.expectAllSeen(process)

        try scenario.database.value("ALTER ROLE \(login) PASSWORD 'another'")
        try scenario.database.value(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '\(login)'")
        try scenario.load.send(1_000)
        #expect(
          eventually(seconds: 20) { process.output.contains("password authentication failed") })
        #expect(holds(seconds: 2) { process.isRunning }, "\(process.lastLines)")
        try write("another")
        try scenario.expectAllSeen(process)
        #expect(eventually(seconds: 30) { HealthPage("/readyz", of: process)?.status == 200 })
        #expect(!process.output.contains("another"))
        scenario.expectOrderlyStop(process)
        try scenario.expectSums()
      }
    }
  }
}
