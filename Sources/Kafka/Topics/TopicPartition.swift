// SPDX-License-Identifier: Apache-2.0

/// One partition of one topic.
///
/// A partition of -1 in an error means the whole topic.
package struct TopicPartition: Hashable, Comparable, Sendable, CustomStringConvertible {
  package var topic: String
  package var partition: Int32

  package init(topic: String, partition: Int32) {
    self.topic = topic
    self.partition = partition
  }

  package static func < (left: TopicPartition, right: TopicPartition) -> Bool {
    (left.topic, left.partition) < (right.topic, right.partition)
  }

  package var description: String { "\(topic)[\(partition)]" }
}
