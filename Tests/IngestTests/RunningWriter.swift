// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Dispatch
import Foundation
import Kafka
import Postgres
import Records
import Telemetry

@testable import Ingest

/// The writers of a worker on threads of their own, given batches as the polling thread would give
/// them.
final class RunningWriter: @unchecked Sendable {
  // Sendable: the hand-off is; `told` has one user, the test; the rest is constant.
  private let handoff: Handoff
  private let done = DispatchGroup()
  let references = ReferenceCache(schema: "public")
  private var told: [Handoff.Receipt] = []

  init(
    _ database: ConnectionSettings, cluster: String = BatchFixture.cluster,
    gate: RetryGate = RetryGate(), health: Health = Health()
  ) {
    handoff = Handoff(
      streams: [.invocations], filter: IdentityFilter(slotBits: 4), gate: gate)
    let settings = IngestSettings(
      sources: [], kafka: ConsumerSettings(brokers: "", groupID: ""), database: database)
    let months = MonthGate()
    let workerHealth = WorkerHealth(health, worker: 1)
    for _ in 0..<IngestLimits.writersPerWorker {
      done.enter()
      Thread.detachNewThread { [handoff, done, references] in
        Writer(
          handoff: handoff, months: months, references: references, settings: settings,
          owner: "owner", cluster: cluster, workerHealth: workerHealth
        ).run()
        done.leave()
      }
    }
  }

  func submit(_ batch: Batch) {
    handoff.submit(batch)
  }

  /// What became of a batch; nil if nothing did within the time. Of its parts only the last one
  /// counts.
  func receipt(seconds: Int = 60) -> Handoff.Receipt? {
    _ = eventually(seconds: seconds) {
      told += handoff.takeReceipts().filter { receipt in
        if case .partCommitted = receipt { false } else { true }
      }
      return !told.isEmpty
    }
    return told.isEmpty ? nil : told.removeFirst()
  }

  /// What became of so many batches, in the order in which it was told.
  func receipts(_ count: Int) -> [Handoff.Receipt] {
    (0..<count).compactMap { _ in receipt() }
  }

  /// As when the partitions go to another owner.
  func abandon() {
    handoff.abandon(generation: .max)
  }

  /// Ends the threads, whatever they are doing.
  func close() {
    abandon()
    handoff.close()
    done.wait()
  }

  /// Submits a batch and returns what became of it.
  static func settle(
    _ batch: Batch, _ database: ConnectionSettings, seconds: Int = 60
  ) -> Handoff.Receipt? {
    let writer = RunningWriter(database)
    defer { writer.close() }
    writer.submit(batch)
    return writer.receipt(seconds: seconds)
  }
}

extension Handoff.Receipt? {
  /// Rows stored, if the batch was committed.
  var storedCount: Int64? {
    guard case .committed(let committed) = self else { return nil }
    return committed.tables.reduce(0) { $0 + $1.stored }
  }

  var isFenced: Bool {
    if case .fenced = self { true } else { false }
  }
}
