// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// Counts what may mean that a log is no longer the one that was read. Any thread.
final class DoubtCounter: Sendable {
  private let number = Atomic<Int>(0)
  /// The number of the last doubt about each partition; nil stands for all of them.
  private let last = Mutex<[TopicPartition?: Int]>([:])

  var count: Int { number.load(ordering: .acquiring) }

  func add(about topicPartition: TopicPartition?) {
    last.withLock { last in
      last[topicPartition] = number.add(1, ordering: .acquiringAndReleasing).newValue
    }
  }

  /// What the doubts behind that number are about; nil for every partition.
  func topicPartitions(since known: Int) -> Set<TopicPartition>? {
    last.withLock { last in
      last = last.filter { $0.value > known }
      let topicPartitions = Set(last.keys.compactMap(\.self))
      return topicPartitions.count == last.count ? topicPartitions : nil
    }
  }
}
