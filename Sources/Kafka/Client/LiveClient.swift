// SPDX-License-Identifier: Apache-2.0
import CRdKafka

/// A `rd_kafka_t` that lives: its `ClientHandle` keeps it, or librdkafka does during a callback.
///
/// Not copyable and only lent, so that nobody keeps it for longer.
@safe struct LiveClient: ~Copyable {
  let raw: OpaquePointer

  init(_ raw: OpaquePointer) { unsafe self.raw = raw }

  /// Serves the callbacks of a producer, or of a consumer that has not subscribed.
  func poll(timeoutMilliseconds: Int32) {
    unsafe rd_kafka_poll(raw, timeoutMilliseconds)
  }

  /// Waits until what was produced is delivered or given up.
  func flush(timeoutMilliseconds: Int32) throws(KafkaError) {
    try KafkaError.check(
      unsafe rd_kafka_flush(raw, timeoutMilliseconds), doing: "flush the producer")
  }

  /// The cluster's own name for itself; nil when no broker answered in time.
  func clusterID(timeoutMilliseconds: Int32) -> String? {
    guard let text = unsafe rd_kafka_clusterid(raw, timeoutMilliseconds) else { return nil }
    defer { unsafe rd_kafka_mem_free(raw, text) }
    return unsafe String(cString: text)
  }

  /// The error behind `_FATAL`; nil while there is none.
  var fatalError: KafkaError? {
    var text = ErrorText()
    let code = unsafe text.filled { unsafe rd_kafka_fatal_error(raw, $0, $1) }
    guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
    return KafkaError(KafkaError.Code(code), text.string, isFatal: true, isRetriable: false)
  }
}

// MARK: what a consumer does

extension LiveClient {
  /// Everything that comes is received by `consumerPoll` from now on.
  func pollByConsumer() { unsafe rd_kafka_poll_set_consumer(raw) }

  /// The next record or event, or nil within the time; rebalances run in here.
  func consumerPoll(timeoutMilliseconds: Int32) -> MessageHandle? {
    guard let message = unsafe rd_kafka_consumer_poll(raw, timeoutMilliseconds) else { return nil }
    return unsafe MessageHandle(consuming: message)
  }

  /// Ends the poll that is under way.
  func yield() { unsafe rd_kafka_yield(raw) }

  func subscribe(_ topics: borrowing PartitionList) throws(KafkaError) {
    try KafkaError.check(unsafe rd_kafka_subscribe(raw, topics.raw), doing: "subscribe")
  }

  func assign(_ list: borrowing PartitionList) throws(KafkaError) {
    try KafkaError.check(unsafe rd_kafka_assign(raw, list.raw), doing: "assign")
  }

  func unassign(doing action: String) throws(KafkaError) {
    try KafkaError.check(unsafe rd_kafka_assign(raw, nil), doing: action)
  }

  func incrementalAssign(_ list: borrowing PartitionList) throws(KafkaError) {
    try unsafe KafkaError.check(rd_kafka_incremental_assign(raw, list.raw), doing: "assign")
  }

  func incrementalUnassign(_ list: borrowing PartitionList) throws(KafkaError) {
    try unsafe KafkaError.check(rd_kafka_incremental_unassign(raw, list.raw), doing: "unassign")
  }

  /// Whether the partitions that are being revoked may have another owner already.
  var isAssignmentLost: Bool { unsafe rd_kafka_assignment_lost(raw) != 0 }

  /// "EAGER", "COOPERATIVE", or "NONE".
  var rebalanceProtocol: String? {
    unsafe rd_kafka_rebalance_protocol(raw).map { unsafe String(cString: $0) }
  }

  func pause(_ list: borrowing PartitionList) throws(KafkaError) {
    try KafkaError.check(unsafe rd_kafka_pause_partitions(raw, list.raw), doing: "pause")
  }

  func resume(_ list: borrowing PartitionList) throws(KafkaError) {
    try KafkaError.check(unsafe rd_kafka_resume_partitions(raw, list.raw), doing: "resume")
  }

  func seek(_ list: borrowing PartitionList, timeoutMilliseconds: Int32) throws(KafkaError) {
    try unsafe KafkaError.check(
      rd_kafka_seek_partitions(raw, list.raw, timeoutMilliseconds), doing: "seek")
  }

  /// Does not wait for the answer.
  func commit(_ list: borrowing PartitionList) -> rd_kafka_resp_err_t {
    unsafe rd_kafka_commit(raw, list.raw, 1)
  }

  /// The answer comes through the queue.
  func commit(_ list: borrowing PartitionList, into queue: borrowing EventQueue) throws(KafkaError)
  {
    try unsafe KafkaError.check(
      rd_kafka_commit_queue(raw, list.raw, queue.raw, nil, nil), doing: "commit offsets")
  }

  /// Puts the offsets at these times into the list; -2 and -1 stand for the ends of the log.
  func offsetsForTimes(
    _ list: borrowing PartitionList, timeoutMilliseconds: Int32, doing action: String
  ) throws(KafkaError) {
    try KafkaError.check(
      unsafe rd_kafka_offsets_for_times(raw, list.raw, timeoutMilliseconds), doing: action)
  }

  /// Records and events that were fetched and not polled yet.
  var queuedCount: Int {
    guard let queue = unsafe rd_kafka_queue_get_consumer(raw) else { return 0 }
    defer { unsafe rd_kafka_queue_destroy(queue) }
    return unsafe rd_kafka_queue_length(queue)
  }

  /// What the last fetch has brought; nil when it failed or there was none.
  func watermarks(_ partition: TopicPartition) -> (low: Int64, high: Int64)? {
    var low: Int64 = -1
    var high: Int64 = -1
    let result = unsafe rd_kafka_get_watermark_offsets(
      raw, partition.topic, partition.partition, &low, &high)
    guard result == RD_KAFKA_RESP_ERR_NO_ERROR, low >= 0, high >= 0 else { return nil }
    return (low, high)
  }

  /// Begins to leave the group; what that needs comes through the queue.
  func closeConsumer(into queue: borrowing EventQueue) throws(KafkaError) {
    try unsafe KafkaError.check(
      rd_kafka_consumer_close_queue(raw, queue.raw), doing: "leave the group")
  }

  var isConsumerClosed: Bool { unsafe rd_kafka_consumer_closed(raw) != 0 }
}
