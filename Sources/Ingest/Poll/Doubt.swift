// SPDX-License-Identifier: Apache-2.0
import Kafka

/// Why the logs of some partitions may no longer be the ones that were read.
struct Doubt {
  var why: String
  /// Nil for every partition.
  var topicPartitions: Set<TopicPartition>?
  /// The consumer's count of doubts that it takes in: what is counted later is another one.
  var consumerCount = 0

  func covers(_ topicPartition: TopicPartition) -> Bool {
    topicPartitions?.contains(topicPartition) ?? true
  }

  /// Both, as one.
  func and(_ other: Doubt?) -> Doubt {
    guard let other else { return self }
    var both = self
    both.why += "; " + other.why
    both.topicPartitions = other.topicPartitions.flatMap { topicPartitions?.union($0) }
    return both
  }
}
