// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Dispatch
import Foundation
import Kafka
import Postgres
import Records
import Telemetry

@testable import Ingest

/// A writer on a thread of its own, given batches as the polling thread would give them.
final class RunningWriter: @unchecked Sendable {
  // Sendable: the hand-off and the semaphore are; the rest is constant.
  private let handoff = Handoff(
    streams: [.invocations], filter: IdentityFilter(slotBits: 4))
  private let done = DispatchSemaphore(value: 0)
  let references = ReferenceCache(schema: "public")

  init(_ database: ConnectionSettings, cluster: String = BatchFixture.cluster) {
    let settings = IngestSettings(
      sources: [], kafka: ConsumerSettings(brokers: "", groupID: ""), database: database)
    Thread.detachNewThread { [handoff, done, references] in
      Writer(
        handoff: handoff, months: MonthGate(), references: references, settings: settings,
        owner: "owner", cluster: cluster, workerHealth: WorkerHealth(Health(), worker: 1)
      ).run()
      done.signal()
    }
  }

  func submit(_ batch: Batch) {
    handoff.submit(batch)
  }

  /// What became of a batch; nil if nothing did within the time. Of its parts only the last one
  /// counts.
  func receipt(seconds: Int = 60) -> Handoff.Receipt? {
    var receipts: [Handoff.Receipt] = []
    _ = eventually(seconds: seconds) {
      receipts = handoff.takeReceipts().filter { receipt in
        if case .partCommitted = receipt { false } else { true }
      }
      return !receipts.isEmpty
    }
    return receipts.first
  }

  /// Ends the thread, whatever it is doing.
  func close() {
    handoff.abandon(generation: .max)
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
