// SPDX-License-Identifier: Apache-2.0
import Foundation
import Kafka
import Postgres
import Sysexits
package import Telemetry

/// `daybook ingest`: starts the workers and waits for the end.
package final class Ingester: Sendable {
  private let settings: IngestSettings
  private let health: Health
  private let stop = StopFlag()
  private let live: LiveSettingsBoard

  /// `health` learns of every loop's beats and of the state of Kafka and PostgreSQL.
  package init(_ settings: IngestSettings, health: Health = Health()) {
    self.settings = settings
    self.health = health
    live = LiveSettingsBoard(settings.live)
  }

  /// Ends the run gracefully; from any thread.
  package func requestStop() {
    stop.request()
  }

  package var isStopRequested: Bool { stop.isRequested }

  /// Takes over what may change while it runs; the rest of the settings is as it was. From any
  /// thread.
  package func adjust(to settings: IngestSettings) {
    live.put(settings.live)
  }

  /// Blocks until a stop is requested, a worker fails, or (`untilEnd`) everything is stored.
  ///
  /// `started` is called once the brokers have answered: from then on outages are waited out.
  package func run(started: () -> Void = {}) throws(IngestError) {
    KnownSeries.begin(settings)
    health.set(BrokerWatch.check, failure: "no broker has answered yet")
    guard let target = try findTarget() else { return }
    started()
    let board = PositionBoard(StoredPositions(settings, cluster: target.cluster))
    let months = MonthGate()
    let references = ReferenceCache(schema: settings.schema, clock: settings.clock)
    let refresher = ReferenceRefresher(
      settings, cache: references, board: board, stop: stop, health: health)
    let filter = IdentityFilter(slotBits: IngestLimits.filterSlotBits)
    let gate = RetryGate()
    guard try ask({ () throws(IngestError) in try refresher.load() }) != nil else { return }
    refresher.start()
    let watch = BrokerWatch(settings, live: live, health: health)
    watch.start()
    let workers = (1...settings.workerCount).map { number in
      Worker(
        settings, live: live, number: number, cluster: target.cluster, months: months,
        references: references, filter: filter, gate: gate, watch: watch, board: board,
        health: health, stop: stop)
    }
    start(workers)
    let problem = settings.untilEnd ? waitForEnd(target, watch, workers) : nil
    waitForAny(workers)
    stop.request()
    let deadline = stop.deadline(settings.shutdownAllowance)
    let errors = workers.compactMap { $0.join(by: deadline) }
    refresher.join(by: deadline)
    watch.end(by: min(deadline, .now + .seconds(IngestLimits.lastWriteSecondsMax)))
    if let error = problem ?? errors.first { throw error }
  }

  private func findTarget() throws(IngestError) -> IngestTarget? {
    try ask { [settings, stop] () throws(IngestError) in
      try IngestTarget(settings, DatabaseLink(settings.database), stop)
    }
  }

  /// What a server answers; nil when a stop comes first: what the start was waiting for is no
  /// failure then.
  private func ask<Answer: Sendable>(
    _ body: @escaping @Sendable () throws(IngestError) -> Answer
  ) throws(IngestError) -> Answer? {
    let question = ServerQuestion { Result { () throws(IngestError) in try body() } }
    let answer = question.wait { stop.isRequested }
    return try stop.isRequested ? nil : answer?.get()
  }

  /// One after the other: of two members that join a group at the same moment librdkafka 2.0.2 lets
  /// both wait for two seconds, and nothing is read meanwhile.
  private func start(_ workers: [Worker]) {
    for (index, worker) in workers.enumerated() {
      if index > 0 { workers[index - 1].waitUntilJoined() }
      worker.start()
    }
  }

  /// Returns when one worker has ended or a stop is requested.
  private func waitForAny(_ workers: [Worker]) {
    while !stop.isRequested, !workers.contains(where: { $0.hasEnded(waitMilliseconds: 50) }) {}
  }

  /// Returns when everything is stored that can be, one worker has ended, or a stop is requested.
  private func waitForEnd(
    _ target: IngestTarget, _ watch: BrokerWatch, _ workers: [Worker]
  ) -> IngestError? {
    let question = ServerQuestion { [settings, stop] in
      target.end(DatabaseLink(settings.database), watch, stop)
    }
    let progress = question.wait {
      stop.isRequested || workers.contains { $0.hasEnded(waitMilliseconds: 0) }
    }
    switch progress ?? .unfinished {
    case .done:
      stop.request()
      return nil
    case .stuck(let halted, let gone):
      stop.request()
      return Self.stuck(halted, gone)
    case .unfinished: return nil
    }
  }

  private static func stuck(_ halted: [String], _ gone: [String]) -> IngestError {
    var problems: [String] = []
    if !gone.isEmpty {
      problems.append(
        "topics are gone before all of them was read: \(gone.joined(separator: ", ")); "
          + "make them again, or leave them out")
    }
    if !halted.isEmpty {
      problems.append(
        "halted: \(halted.joined(separator: ", ")); decide with `daybook offsets`")
    }
    return IngestError(
      "everything else is stored, but " + problems.joined(separator: "; and "),
      exitCode: gone.isEmpty ? ExitCode.checkFailed : ExitCode.configuration)
  }
}
