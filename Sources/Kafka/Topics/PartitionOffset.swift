// SPDX-License-Identifier: Apache-2.0

/// A position in a partition: the offset of the next record that is to be read.
package struct PartitionOffset: Hashable, Sendable, CustomStringConvertible {
  package var topicPartition: TopicPartition
  package var offset: Int64

  package init(_ topicPartition: TopicPartition, offset: Int64) {
    self.topicPartition = topicPartition
    self.offset = offset
  }

  package var description: String { "\(topicPartition)@\(offset)" }
}
