// SPDX-License-Identifier: Apache-2.0
import Kafka
import Telemetry

/// The offsets that the database has of the partitions of this process, and the lag behind the
/// brokers that follows from them.
///
/// A lag that cannot be known keeps its last value; the time of its series says how old that is.
struct LagBook {
  private struct Position {
    var worker: Int
    var committed: Int64
    /// False once the partition was revoked: another process may have gone on.
    var isOwned: Bool
  }

  private var positions: [TopicPartition: Position] = [:]

  var topicPartitions: Set<TopicPartition> { Set(positions.keys) }

  /// A worker has claimed the partition, or committed a batch of it.
  mutating func own(_ topicPartition: TopicPartition, committed: Int64, worker: Int) {
    positions[topicPartition] = Position(worker: worker, committed: committed, isOwned: true)
  }

  mutating func advance(_ topicPartition: TopicPartition, to offset: Int64, worker: Int) {
    guard let position = positions[topicPartition], position.worker == worker, position.isOwned
    else {
      return
    }
    positions[topicPartition]?.committed = max(position.committed, offset)
  }

  mutating func release(_ topicPartitions: [TopicPartition], worker: Int) {
    for topicPartition in topicPartitions where positions[topicPartition]?.worker == worker {
      positions[topicPartition]?.isOwned = false
    }
  }

  /// What the worker does not have any more belongs to others, who tell its lag.
  mutating func forget(of worker: Int, except kept: Set<TopicPartition>) {
    for (topicPartition, position) in positions
    where position.worker == worker && !kept.contains(topicPartition) {
      positions[topicPartition] = nil
      Metrics.consumerLagRecords.remove(Self.labels(topicPartition))
      Metrics.consumerLagTimestamp.remove(Self.labels(topicPartition))
    }
  }

  /// The brokers have just said that the log ends at `high`.
  func measure(_ topicPartition: TopicPartition, high: Int64) {
    guard let position = positions[topicPartition] else { return }
    let labels = Self.labels(topicPartition)
    Metrics.consumerLagRecords.set(Double(max(0, high - position.committed)), labels)
    if position.isOwned { Metrics.consumerLagTimestamp.set(WallClock.unixSeconds(), labels) }
  }

  private static func labels(_ topicPartition: TopicPartition) -> [String] {
    [topicPartition.topic, String(topicPartition.partition)]
  }
}
