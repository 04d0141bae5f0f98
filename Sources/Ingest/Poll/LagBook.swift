// SPDX-License-Identifier: Apache-2.0
import Kafka
import Telemetry

/// The offsets that the database has of the partitions of this process, and the lag behind the brokers
/// that follows from them.
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

  var places: Set<TopicPartition> { Set(positions.keys) }

  /// A worker has claimed the partition, or committed a batch of it.
  mutating func own(_ place: TopicPartition, committed: Int64, worker: Int) {
    positions[place] = Position(worker: worker, committed: committed, isOwned: true)
  }

  mutating func advance(_ place: TopicPartition, to offset: Int64, worker: Int) {
    guard let position = positions[place], position.worker == worker, position.isOwned else {
      return
    }
    positions[place]?.committed = max(position.committed, offset)
  }

  mutating func release(_ places: [TopicPartition], worker: Int) {
    for place in places where positions[place]?.worker == worker {
      positions[place]?.isOwned = false
    }
  }

  /// What the worker does not have any more belongs to others, who tell its lag.
  mutating func forget(of worker: Int, except kept: Set<TopicPartition>) {
    for (place, position) in positions where position.worker == worker && !kept.contains(place) {
      positions[place] = nil
      Metrics.consumerLagRecords.remove(Self.labels(place))
      Metrics.consumerLagTimestamp.remove(Self.labels(place))
    }
  }

  /// The brokers have just said that the log ends at `high`.
  func measure(_ place: TopicPartition, high: Int64) {
    guard let position = positions[place] else { return }
    let labels = Self.labels(place)
    Metrics.consumerLagRecords.set(Double(max(0, high - position.committed)), labels)
    if position.isOwned { Metrics.consumerLagTimestamp.set(WallClock.unixSeconds(), labels) }
  }

  private static func labels(_ place: TopicPartition) -> [String] {
    [place.topic, String(place.partition)]
  }
}
