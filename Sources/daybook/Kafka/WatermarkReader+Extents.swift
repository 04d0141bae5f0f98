// SPDX-License-Identifier: Apache-2.0
import Kafka
import Ledger

extension WatermarkReader {
  /// For all partitions together: many that do not answer must not make a command endless.
  static let askSecondsMax: Int64 = 15

  /// The log of each position, each for itself: a partition that is gone, or whose leader is away,
  /// hides only its own.
  func extents(of positions: [PartitionPosition]) -> [LogExtent] {
    let deadline = ContinuousClock.now + .seconds(Self.askSecondsMax)
    var counts: [String: Result<Int, KafkaError>] = [:]
    return positions.map { position in
      guard let time = Self.milliseconds(until: deadline) else {
        return .unknown("no answer within \(Self.askSecondsMax) s")
      }
      let count = counts[position.topic] ?? partitionCount(position.topic, time)
      counts[position.topic] = count
      switch count {
      case .failure(let error):
        if error.isAboutBrokers {
          for other in positions { counts[other.topic] = counts[other.topic] ?? count }
        }
        return .unknown("\(error)")
      case .success(let count):
        return extent(of: position, partitionCount: count, until: deadline)
      }
    }
  }

  private func extent(
    of position: PartitionPosition, partitionCount: Int, until deadline: ContinuousClock.Instant
  ) -> LogExtent {
    if let cluster = clusterID, cluster != position.clusterID {
      return .unknown("these brokers are cluster \(cluster), not \(position.clusterID)")
    }
    guard position.partition < partitionCount else {
      return .unknown("the topic has \(partitionCount) partitions at the brokers")
    }
    guard let time = Self.milliseconds(until: deadline) else {
      return .unknown("no answer within \(Self.askSecondsMax) s")
    }
    do throws(KafkaError) {
      let (low, high) = try watermarks(
        topic: position.topic, partition: position.partition, timeoutMilliseconds: time)
      return .known(low: low, high: high)
    } catch {
      return .unknown("\(error)")
    }
  }

  private func partitionCount(_ topic: String, _ time: Int32) -> Result<Int, KafkaError> {
    do throws(KafkaError) {
      return .success(try consumer.partitionCount(topic: topic, timeoutMilliseconds: time))
    } catch {
      return .failure(error)
    }
  }

  /// What is left, but not more than one partition may take; nil when nothing is left.
  private static func milliseconds(until deadline: ContinuousClock.Instant) -> Int32? {
    let remaining = (deadline - .now) / .milliseconds(1)
    return remaining < 1 ? nil : Int32(min(remaining, Double(timeoutMilliseconds)))
  }
}

extension KafkaError {
  /// The other topics would get the same answer.
  fileprivate var isAboutBrokers: Bool { if case .partition = scope { false } else { true } }
}
