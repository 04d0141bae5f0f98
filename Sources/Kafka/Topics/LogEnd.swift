// SPDX-License-Identifier: Apache-2.0
import CRdKafka

/// An end of a partition's log.
package enum LogEnd: Sendable {
  /// The first offset that still exists.
  case earliest
  /// The offset after the last record: of all of them, or of those that can be read, as the
  /// client's `isolation.level` says.
  case latest

  private var time: Int64 {
    switch self {
    case .earliest: Int64(RD_KAFKA_OFFSET_BEGINNING)
    case .latest: Int64(RD_KAFKA_OFFSET_END)
    }
  }

  /// Asks the partitions' leaders, all of them or none: the first error is thrown.
  ///
  /// Not by `rd_kafka_query_watermark_offsets`, which before librdkafka 2.3 waits for ever for a
  /// leader that does not answer. This sends the same request, and keeps its time.
  func offsets(
    _ client: borrowing LiveClient, of partitions: some Collection<TopicPartition>,
    timeoutMilliseconds: Int32
  ) throws(KafkaError) -> [TopicPartition: Int64] {
    guard !partitions.isEmpty else { return [:] }
    let list = PartitionList(partitions.map { PartitionOffset($0, offset: time) })
    let action = "ask for the offsets of \(partitions.sorted()[0])"
    try client.offsetsForTimes(
      list, timeoutMilliseconds: max(1, timeoutMilliseconds), doing: action)
    var offsets: [TopicPartition: Int64] = [:]
    for element in list.elements {
      let topicPartition = element.topicPartition
      try KafkaError.check(element.code, doing: "ask for the offsets of \(topicPartition)")
      // What has no leader is left out of the request, and keeps what stood there.
      guard element.offset >= 0 else {
        throw KafkaError(.leaderNotAvailable, "\(topicPartition) has no leader")
      }
      offsets[topicPartition] = element.offset
    }
    return offsets
  }
}
