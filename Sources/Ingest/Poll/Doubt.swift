// SPDX-License-Identifier: Apache-2.0
import Kafka

/// Why the logs of some partitions may no longer be the ones that were read.
struct Doubt {
  var why: String
  /// Nil for every partition.
  var topicPartitions: Set<TopicPartition>?

  func covers(_ topicPartition: TopicPartition) -> Bool {
    topicPartitions?.contains(topicPartition) ?? true
  }
}
