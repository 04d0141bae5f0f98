// SPDX-License-Identifier: Apache-2.0
import CRdKafka

/// Owns a `rd_kafka_topic_partition_list_t`.
///
/// Never kept longer than one call: a list that went through pause or resume pins its partitions,
/// and the client then hangs when it is destroyed.
struct PartitionList: ~Copyable {
  let raw: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>

  init(_ partitions: some Collection<TopicPartition>) {
    raw = rd_kafka_topic_partition_list_new(Int32(clamping: partitions.count))
    for item in partitions {
      rd_kafka_topic_partition_list_add(raw, item.topic, item.partition)
    }
  }

  init(_ positions: some Collection<PartitionOffset>) {
    raw = rd_kafka_topic_partition_list_new(Int32(clamping: positions.count))
    for item in positions {
      let tp = item.topicPartition
      rd_kafka_topic_partition_list_add(raw, tp.topic, tp.partition).pointee.offset = item.offset
    }
  }

  deinit { rd_kafka_topic_partition_list_destroy(raw) }

  /// Throws the first error of a single partition.
  func checkEach(doing action: String) throws(KafkaError) {
    for element in Self.elements(of: raw) {
      try KafkaError.check(element.err, doing: "\(action) \(Self.topicPartition(of: element))")
    }
  }

  static func topicPartitions(
    of list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>
  ) -> [TopicPartition] {
    elements(of: list).map(topicPartition)
  }

  static func elements(
    of list: UnsafePointer<rd_kafka_topic_partition_list_t>
  ) -> UnsafeBufferPointer<rd_kafka_topic_partition_t> {
    UnsafeBufferPointer(start: list.pointee.elems, count: Int(list.pointee.cnt))
  }

  private static func topicPartition(of element: rd_kafka_topic_partition_t) -> TopicPartition {
    TopicPartition(topic: String(cString: element.topic), partition: element.partition)
  }
}
