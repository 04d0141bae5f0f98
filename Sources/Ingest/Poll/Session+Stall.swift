// SPDX-License-Identifier: Apache-2.0
import Kafka
import Telemetry

extension Session {
  /// Takes an empty batch; false when there is something else to do first.
  ///
  /// The writer may be behind for minutes (a failover takes up to three). Polling has to go on
  /// then, or the group would expel us: the partitions are paused, and polls bring only events.
  func takeBatch(_ consumer: Consumer) -> Bool {
    let wait = IngestLimits.stallMillisecondsBeforePause
    let startedAt = ContinuousClock.now
    defer { workerHealth.waits.add(startedAt.duration(to: .now), for: .writer) }
    do throws(KafkaError) {
      if let empty = handoff.takeEmpty(waitMilliseconds: wait) {
        begin(empty)
      } else {
        try waitPaused(consumer)
      }
      if batch != nil { try fetchOverrunAgain(consumer) }
    } catch {
      restart = "\(error)"
    }
    return batch != nil && restart == nil
  }

  private func waitPaused(_ consumer: Consumer) throws(KafkaError) {
    guard !handoff.hasReceipts, !stop.isRequested else { return }
    Log.info("waiting for the database")
    let notReadyAt = ContinuousClock.now + .seconds(IngestLimits.stallSecondsBeforeNotReady)
    while batch == nil, !handoff.hasReceipts, !stop.isRequested, restart == nil, failure == nil {
      workerHealth.beat()
      if ContinuousClock.now > notReadyAt, !assignment.isEmpty {
        workerHealth.postgres(
          failure: "no batch is committed for \(IngestLimits.stallSecondsBeforeNotReady) s")
      }
      // Also what a rebalance has brought meanwhile.
      try consumer.pause(assignment.running)
      _ = poll(consumer, IngestLimits.pollMillisecondsMax) { message in
        accept(message, consumer)
      }
      if let empty = handoff.takeEmpty(waitMilliseconds: 0) { begin(empty) }
    }
    checks.hasWaited()
    try consumer.resume(assignment.running)
    // While nothing was asked for, no answer could tell of a topic that was gone.
    ownDoubt = Doubt(why: "nothing was fetched while the database was behind", topicPartitions: nil)
  }

  private func fetchOverrunAgain(_ consumer: Consumer) throws(KafkaError) {
    let missed = assignment.states.filter { overrun.contains($0.topicPartition) && !$0.isHalted }
    try consumer.seek(
      missed.map { PartitionOffset($0.topicPartition, offset: $0.fetchOffset) },
      timeoutMilliseconds: Self.seekMilliseconds)
    overrun.removeAll()
  }

  private func begin(_ empty: Batch) {
    empty.reset(generation: generation)
    assignment.forgetSpans()
    filler.readClock()
    recordLimit = handoff.recordLimit
    batch = empty
  }

  static let seekMilliseconds: Int32 = 10_000
}
