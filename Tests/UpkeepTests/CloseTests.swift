// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Foundation
import Postgres
import Testing

@testable import Upkeep

/// Closed months are frozen and get their read indexes; interrupted work is found and done again.
struct CloseTests {
  @Test(arguments: TestServer.all)
  func closedMonthsAreFrozenAndIndexed(server: TestServer) throws {
    try MaintenanceScene.with(on: server, months: [3]) { scene in
      let name = try scene.partition(monthsAgo: 3)
      let report = try scene.report(.close)
      #expect(report.outcome == .success, "\(report.message)")
      #expect(
        try scene.number(
          "SELECT age(relfrozenxid) FROM pg_class WHERE oid = '\(name)'::regclass") < 200)
      #expect(
        try scene.database.value(
          """
          SELECT relallvisible = relpages AND relpages > 0 FROM pg_class WHERE oid = '\(name)'::regclass
          """) == "t")
      #expect(
        try scene.database.value(
          "SELECT string_agg(indisvalid::text, ' ') FROM pg_index WHERE indrelid = '\(name)'::regclass"
        )
          == "true true true true")
      #expect(try scene.report(.close).actions == 0)
    }
  }

  /// Rows that come late are frozen with a later day's run.
  @Test func lateRowsAreFrozenAgain() throws {
    try MaintenanceScene.with(months: [3]) { scene in
      try scene.maintain(.close)
      try scene.fill(monthsAgo: 3, seed: 5, rows: 10)
      let isCounted = try eventually {
        try scene.number(
          "SELECT pg_stat_get_ins_since_vacuum('\(try scene.partition(monthsAgo: 3))'::regclass)")
          > 0
      }
      #expect(isCounted)
      #expect(try scene.report(.close).actions == 0)
      try scene.database.value(
        """
        ALTER TABLE partition_journal DISABLE TRIGGER refuse_change;
        UPDATE partition_journal SET at = at - interval '25 hours' WHERE action = 'freeze'
        """)
      #expect(try scene.report(.close).actions == 1)
    }
  }

  /// A build that waits for an old transaction is cancelled: it leaves an invalid index behind.
  @Test func anInterruptedBuildIsRepeated() throws {
    try MaintenanceScene.with(months: [3]) { scene in
      let name = try scene.partition(monthsAgo: 3)
      var old = try scene.database.connect()
      try old.execute("BEGIN; INSERT INTO \(name) SELECT * FROM \(name) LIMIT 0")
      let database = scene.database
      let canceller = Thread {
        // Other tests may have taken every connection for a moment.
        _ = eventually {
          (try? database.value(
            """
            SELECT pg_cancel_backend(pid) FROM pg_stat_activity
             WHERE datname = current_database() AND query LIKE 'CREATE INDEX CONCURRENTLY%\(name)%'
               AND wait_event = 'virtualxid'
            """)) == "t"
        }
      }
      canceller.start()
      // Builds on other partitions wait for a moment too, and are let alone.
      let report = try scene.report(.close)
      #expect(report.outcome == .failure, "\(report.message)")
      let invalid = "SELECT count(*) FROM pg_index WHERE NOT indisvalid"
      #expect(try scene.number(invalid) == 1)
      try old.execute("ROLLBACK")
      #expect(try scene.report(.close).outcome == .success)
      #expect(try scene.number(invalid) == 0)
      #expect(
        try scene.number("SELECT count(*) FROM pg_index WHERE indrelid = '\(name)'::regclass") == 4)
    }
  }
}
