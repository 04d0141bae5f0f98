// SPDX-License-Identifier: Apache-2.0
import Telemetry

/// What a worker tells the health endpoints, and how long it waits.
///
/// An outage of Kafka or PostgreSQL makes it not ready, never not alive: a restart would only
/// rebalance the group.
struct WorkerHealth: Sendable {
  private let health: Health
  private let loop: String
  let waits: WorkerWait

  /// From here on the process is not ready until the worker has its partitions.
  init(_ health: Health, worker: Int) {
    self.health = health
    loop = "worker-\(worker)"
    waits = WorkerWait(worker: worker)
    partitions(failure: "the group has assigned none yet")
  }

  /// Called by the polling thread at least every few seconds, also while it waits.
  func beat() { health.beat(loop) }

  /// The polling thread has ended on purpose.
  func end() { health.end(loop) }

  /// Whether the group has answered and its partitions are claimed: none is an answer too.
  func partitions(failure: String?) { health.set(partitionsCheck, failure: failure) }

  var hasPartitions: Bool { health.isGood(partitionsCheck) }

  private var partitionsCheck: String { "partitions-\(loop)" }

  /// Apart from `kafka`: other brokers may go on, and with them the batches.
  func kafkaAnswers(failure: String?) { health.set("kafka-answers-\(loop)", failure: failure) }

  func postgres(failure: String?) { health.set("postgres-\(loop)", failure: failure) }
}
