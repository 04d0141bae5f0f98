// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Telemetry
import Testing

@testable import Upkeep

/// What `maintain --loop` shows; one after the other, because the gauges are those of the process.
@Suite(.serialized) struct MaintenanceGaugeTests {
  /// A table of which nothing is shown but by the test itself.
  private static let watched = "watched_by_a_test"

  private static func watch(_ scene: MaintenanceScene) throws {
    try scene.database.value(
      "INSERT INTO partition_policies (table_name, months_ahead, retention_months) "
        + "VALUES ('\(watched)', 3, 13)")
    Metrics.partitionMonthsAhead.remove([watched])
  }

  /// Alerts judge by the gauges after it, too.
  @Test func aJobThatRanOutOfTimeLeavesNoGaugeAsItWas() throws {
    try MaintenanceScene.with(months: []) { scene in
      try Self.watch(scene)
      scene.settings.jobDeadline = .zero
      let maintainer = Maintainer(scene.settings, stop: StopRequest())
      #expect(try maintainer.run([.report]).map(\.outcome) == [.deadline])
      maintainer.refreshMetrics()
      #expect(Metrics.partitionMonthsAhead.sample([Self.watched]) == -1)
    }
  }

  /// However long it has stood by: no job has given its session any time yet.
  @Test func whoTakesOverShowsWhatThereIs() throws {
    try MaintenanceScene.with(months: []) { scene in
      try Self.watch(scene)
      let leader = Maintainer(scene.settings, stop: StopRequest())
      #expect(try leader.tryToLead())
      let standby = Maintainer(scene.settings, stop: StopRequest())
      #expect(try !standby.tryToLead())
      leader.disconnect()
      #expect(try eventually { try standby.tryToLead() })
      standby.refreshMetrics()
      #expect(Metrics.partitionMonthsAhead.sample([Self.watched]) == -1)
    }
  }

  /// The job after it may take hours.
  @Test func whatAJobHasMadeIsShownWhenItEnds() throws {
    try MaintenanceScene.with(months: [20]) { scene in
      try scene.database.value("DROP TABLE \(try scene.partition(monthsAgo: -1))")
      let stop = StopRequest()
      var shown: Double?
      let maintainer = Maintainer(scene.settings, stop: stop) { event in
        switch event {
        case .began(let action) where action.job == .create:
          #expect(Metrics.partitionMonthsAhead.sample(["invocations"]) == 0)
        case .began:
          shown = Metrics.partitionMonthsAhead.sample(["invocations"])
          stop.request()
        default: break
        }
      }
      let loop = MaintenanceLoop(
        maintainer, [.create, .retain], interval: .seconds(3600), health: Health())
      try loop.run()
      #expect(shown == 3)
    }
  }

  /// A table that was given back to another tool would raise its alert until the process ends.
  @Test func aTableWithoutAPolicyIsShownNoMore() throws {
    try MaintenanceScene.with(months: []) { scene in
      try Self.watch(scene)
      let maintainer = Maintainer(scene.settings, stop: StopRequest())
      #expect(try maintainer.tryToLead())
      maintainer.refreshMetrics()
      #expect(Metrics.partitionMonthsAhead.sample([Self.watched]) == -1)
      try scene.database.value(
        "DELETE FROM partition_policies WHERE table_name = '\(Self.watched)'")
      maintainer.refreshMetrics()
      #expect(Metrics.partitionMonthsAhead.sample([Self.watched]) == nil)
      #expect(Metrics.partitionMonthsAhead.sample(["invocations"]) == 3)
    }
  }

  /// The alert would never fire where no reconciliation comes to its end. One of a month is none.
  @Test func withoutAReconciliationTheFirstRunIsShown() throws {
    try MaintenanceScene.with(months: []) { scene in
      let maintainer = Maintainer(scene.settings, stop: StopRequest())
      #expect(try maintainer.tryToLead())
      Metrics.reconciliationLastSuccess.removeAll()
      Metrics.reconciliationDriftRows.removeAll()
      maintainer.refreshMetrics()
      #expect(Metrics.reconciliationLastSuccess.sample() == nil)
      try scene.database.value(
        """
        INSERT INTO maintenance_runs (job, owner, started_at)
          VALUES ('create', 'a:1', '2026-01-03T00:00Z'), ('create', 'a:1', '2026-01-04T00:00Z');
        INSERT INTO reconciliations (started_at, month, source) VALUES
          ('2026-01-01T00:00Z', '2025-12-01', 'primary'), ('2026-01-05T00:00Z', NULL, 'primary');
        UPDATE reconciliations SET months_done = ARRAY[month], finished_at = '2026-01-06T00:00Z'
          WHERE month IS NOT NULL
        """)
      maintainer.refreshMetrics()
      #expect(Metrics.reconciliationLastSuccess.sample() == 1_767_398_400)
      #expect(Metrics.reconciliationDriftRows.sample() == nil)
      try scene.database.value(
        "INSERT INTO reconciliations (started_at, source) VALUES ('2026-01-02T00:00Z', 'primary')")
      maintainer.refreshMetrics()
      #expect(Metrics.reconciliationLastSuccess.sample() == 1_767_312_000)
    }
  }

  @Test func theLastWholeReconciliationIsShown() throws {
    try MaintenanceScene.with(months: []) { scene in
      let maintainer = Maintainer(scene.settings, stop: StopRequest()) { _ in }
      #expect(try maintainer.tryToLead())
      // The first is of one month; the last one runs; of the other two the later counts, of which
      // one row was repaired.
      try scene.database.value(
        """
        INSERT INTO reconciliations (started_at, month, source) VALUES
          ('2026-01-01', '2025-12-01', 'primary'), ('2026-01-01', NULL, 'primary'),
          ('2026-01-01', NULL, 'replica'), ('2026-01-06', NULL, 'primary');
        INSERT INTO reconciliation_drift (reconciliation_id, granularity, tenant_id, period_start,
          project_id, provider, model, service_tier, currency, time_zone, is_closed, cost, records,
          failed_records, unpriced_records, input_tokens, output_tokens, cache_read_input_tokens,
          cache_creation_input_tokens, reasoning_output_tokens, cost_expected, repaired_at)
        SELECT run, 'day', 't', date '2026-01-01' + n, '', 'p', 'm', 's', 'USD', 'UTC', false, 1, 0, 0, 0,
          0, 0, 0, 0, 0, 1, CASE WHEN n = 0 THEN now() END
        FROM generate_series(1, 3) AS run, generate_series(0, 3) AS n;
        UPDATE reconciliations SET months_done = array_remove(ARRAY[month], NULL), finished_at = (ARRAY[
          '2026-01-05', '2025-12-02', to_timestamp(1767398400)::text, NULL])[reconciliation_id]::timestamptz
        """)
      maintainer.refreshMetrics()
      #expect(Metrics.reconciliationDriftRows.sample() == 3)
      #expect(Metrics.reconciliationLastSuccess.sample() == 1_767_398_400)
    }
  }
}
