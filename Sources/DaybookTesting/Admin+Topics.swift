// SPDX-License-Identifier: Apache-2.0
import CRdKafka
package import Kafka

/// What happens to topics while we read them.
extension Admin {
  package func deleteTopic(_ name: String) throws(KafkaError) {
    let topic = unsafe rd_kafka_DeleteTopic_new(name)
    defer { unsafe rd_kafka_DeleteTopic_destroy(topic) }
    try unsafe request(RD_KAFKA_ADMIN_OP_DELETETOPICS, "delete topic \(name)") {
      client, options, queue in
      var topics: [OpaquePointer?] = unsafe [topic]
      unsafe rd_kafka_DeleteTopics(client, &topics, 1, options, queue)
    }
  }

  /// Raises the number of partitions to this total.
  package func addPartitions(_ name: String, total: Int) throws(KafkaError) {
    let partitions = unsafe rd_kafka_NewPartitions_new(name, total, nil, 0)
    defer { unsafe rd_kafka_NewPartitions_destroy(partitions) }
    try unsafe request(RD_KAFKA_ADMIN_OP_CREATEPARTITIONS, "raise topic \(name) to \(total)") {
      client, options, queue in
      var list: [OpaquePointer?] = unsafe [partitions]
      unsafe rd_kafka_CreatePartitions(client, &list, 1, options, queue)
    }
  }

  /// Deletes the records before these offsets.
  package func deleteRecords(before positions: [PartitionOffset]) throws(KafkaError) {
    let list = unsafe rd_kafka_topic_partition_list_new(Int32(positions.count))
    defer { unsafe rd_kafka_topic_partition_list_destroy(list) }
    for position in positions {
      let (topic, partition) = (position.topicPartition.topic, position.topicPartition.partition)
      let element = unsafe rd_kafka_topic_partition_list_add(list, topic, partition)
      unsafe element?.pointee.offset = position.offset
    }
    let records = unsafe rd_kafka_DeleteRecords_new(list)
    defer { unsafe rd_kafka_DeleteRecords_destroy(records) }
    try unsafe request(RD_KAFKA_ADMIN_OP_DELETERECORDS, "delete records") {
      client, options, queue in
      var requests: [OpaquePointer?] = unsafe [records]
      unsafe rd_kafka_DeleteRecords(client, &requests, 1, options, queue)
    }
  }
}
