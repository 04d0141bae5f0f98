// SPDX-License-Identifier: Apache-2.0
import Kafka
import Telemetry

/// The offsets that the database has of the partitions of this process, and the lag behind the
/// brokers that follows from them.
///
/// A lag that cannot be known keeps its last value; the time of its series says how old that is.
struct LagBook {
  /// Times are in seconds since 1970.
  private struct Position {
    var worker: Int
    var committed: Int64
    /// False once the partition was revoked: another process may have gone on.
    var isOwned: Bool
    let claimedAt: Double
    /// All that was in the log then is committed.
    var caughtUpAt: Double?
    /// Of the record that was committed last.
    var recordTime: Double?
    /// What the brokers said before.
    var mark: (high: Int64, at: Double)?

    /// How long the oldest record has waited that is not committed.
    func age(at now: Double) -> Double {
      max(0, now - ([caughtUpAt, recordTime].compactMap(\.self).max() ?? claimedAt))
    }
  }

  private var positions: [TopicPartition: Position] = [:]

  var topicPartitions: Set<TopicPartition> { Set(positions.keys) }

  /// A worker has claimed the partition. What is known of its age stays, unless somebody has set it
  /// back.
  mutating func own(
    _ topicPartition: TopicPartition, committed: Int64, worker: Int,
    now: Double = WallClock.unixSeconds()
  ) {
    let known = positions[topicPartition].flatMap { $0.committed <= committed ? $0 : nil }
    var position =
      known ?? Position(worker: worker, committed: committed, isOwned: true, claimedAt: now)
    position.worker = worker
    position.committed = committed
    position.isOwned = true
    positions[topicPartition] = position
  }

  /// A batch of the partition was committed; `recordTime` is that of its last record, if any.
  mutating func advance(
    _ topicPartition: TopicPartition, to offset: Int64, recordTime: Double?, worker: Int,
    now: Double = WallClock.unixSeconds()
  ) {
    guard let position = positions[topicPartition], position.worker == worker, position.isOwned
    else {
      return
    }
    positions[topicPartition]?.committed = max(position.committed, offset)
    // A producer whose clock is ahead says nothing of the age.
    if let recordTime, recordTime <= now { positions[topicPartition]?.recordTime = recordTime }
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
      for gauge in Self.gauges { gauge.remove(Self.labels(topicPartition)) }
    }
  }

  /// The brokers have just said that the log ends at `high`.
  mutating func measure(
    _ topicPartition: TopicPartition, high: Int64, now: Double = WallClock.unixSeconds()
  ) {
    guard var position = positions[topicPartition] else { return }
    if let mark = position.mark, mark.high <= position.committed { position.caughtUpAt = mark.at }
    position.mark = (high, now)
    positions[topicPartition] = position
    let labels = Self.labels(topicPartition)
    Metrics.consumerLagRecords.set(Double(max(0, high - position.committed)), labels)
    Metrics.consumerLagSeconds.set(high > position.committed ? position.age(at: now) : 0, labels)
    if position.isOwned { Metrics.consumerLagTimestamp.set(now, labels) }
  }

  private static let gauges = [
    Metrics.consumerLagRecords, Metrics.consumerLagSeconds, Metrics.consumerLagTimestamp,
  ]

  private static func labels(_ topicPartition: TopicPartition) -> [String] {
    [topicPartition.topic, String(topicPartition.partition)]
  }
}
