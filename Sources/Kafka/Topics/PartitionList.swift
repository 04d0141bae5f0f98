// SPDX-License-Identifier: Apache-2.0
import CRdKafka

/// Owns a `rd_kafka_topic_partition_list_t`.
///
/// Never kept longer than one call: a list that went through pause or resume pins its partitions,
/// and the client then hangs when it is destroyed.
@safe struct PartitionList: ~Copyable {
  let raw: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>

  /// What librdkafka says about one partition.
  struct Element {
    let topicPartition: TopicPartition
    let offset: Int64
    let code: rd_kafka_resp_err_t
  }

  init(_ partitions: some Collection<TopicPartition>) {
    unsafe raw = rd_kafka_topic_partition_list_new(Int32(clamping: partitions.count))
    for item in partitions {
      unsafe rd_kafka_topic_partition_list_add(raw, item.topic, item.partition)
    }
  }

  init(_ positions: some Collection<PartitionOffset>) {
    unsafe raw = rd_kafka_topic_partition_list_new(Int32(clamping: positions.count))
    for item in positions {
      let tp = item.topicPartition
      let element = unsafe rd_kafka_topic_partition_list_add(raw, tp.topic, tp.partition)
      unsafe element?.pointee.offset = item.offset
    }
  }

  deinit { unsafe rd_kafka_topic_partition_list_destroy(raw) }

  var elements: [Element] { unsafe Self.elements(of: raw) }

  /// Throws the first error of a single partition.
  func checkEach(doing action: String) throws(KafkaError) {
    for element in elements {
      try KafkaError.check(element.code, doing: "\(action) \(element.topicPartition)")
    }
  }

  /// Of a list that librdkafka keeps.
  static func elements(of list: UnsafePointer<rd_kafka_topic_partition_list_t>) -> [Element] {
    unsafe UnsafeBufferPointer(start: list.pointee.elems, count: Int(list.pointee.cnt)).map {
      let topic = unsafe String(cString: $0.topic)
      return unsafe Element(
        topicPartition: TopicPartition(topic: topic, partition: $0.partition), offset: $0.offset,
        code: $0.err)
    }
  }
}
