// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import DaybookTesting
import Foundation
import Postgres
import Synchronization
import Testing

@testable import Books

/// A repair takes its locks as ingest does: first days, then months, each in the order of its key.
@Suite struct RepairLockTests {
  /// A row of a rollup for another model that nothing stands for any more.
  private static func zero(_ table: String, _ model: String) -> String {
    """
    INSERT INTO \(table) SELECT (jsonb_populate_record(c, jsonb_build_object('model', '\(model)', 'cost', 0,
      'records', 0, 'failed_records', 0, 'unpriced_records', 0, 'input_tokens', 0, 'output_tokens', 0,
      'estimated_records', 0, 'estimated_cost', 0))).* FROM \(table) c WHERE model = 'a'
    """
  }

  /// A batch has counted a record in a day's row that was 0, and goes on to the month that the
  /// repair has mended meanwhile: neither may wait for the other.
  @Test(arguments: TestServer.all)
  func aBatchThatWaitsForTheRepairIsNotWaitedFor(_ server: TestServer) throws {
    try BooksScene.with(on: server) { scene in
      let day = BooksScene.month(3).start
      try scene.ingest([.init(at: day, model: "a")])
      for table in ["costs_daily", "costs_monthly"] {
        for model in ["y", "z"] { try scene.value(Self.zero(table, model)) }
        try scene.value("UPDATE \(table) SET cost = cost + 1, records = 2 WHERE model = 'a'")
      }
      try scene.value("UPDATE costs_monthly SET cost = cost + 1 WHERE model = 'a'")
      let report = try scene.reconcile()
      #expect(report.differences == 2)

      var batch = try scene.database.connect()
      try batch.execute("BEGIN; UPDATE costs_daily SET records = 1 WHERE model = 'z'")
      let settings = try scene.database.settings()
      let failure = Mutex<String?>(nil)
      let repair = Thread {
        do {
          var connection = try Connection(settings)
          try connection.execute("SELECT daybook_repair_rollups(\(report.id), 'test')")
        } catch { failure.withLock { $0 = "\(error)" } }
      }
      repair.start()
      let waiting = """
        SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'
        """
      #expect(try eventually { try repair.isFinished || scene.value(waiting) == "1" })
      try batch.execute("UPDATE costs_monthly SET records = records + 1 WHERE model = 'a'; COMMIT")
      #expect(eventually { repair.isFinished })
      #expect(failure.withLock { $0 } == nil)

      let left = """
        SELECT string_agg(concat_ws(' ', model, trim_scale(cost), records), ', ' ORDER BY model) FROM
        """
      #expect(try scene.value("\(left) costs_daily") == "a 0.25 1, z 0 1")
      // The month's row that was 0 was held by nobody.
      #expect(try scene.value("\(left) costs_monthly") == "a 0.25 2")
    }
  }
}
