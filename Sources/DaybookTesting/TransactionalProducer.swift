// SPDX-License-Identifier: Apache-2.0
import CRdKafka

/// A producer that writes in Kafka transactions, which leave markers and aborted records in the
/// log.
///
/// For one thread only.
package final class TransactionalProducer {
  private let client: LibraryClient
  private static let answerMilliseconds: Int32 = 30_000

  package init(brokers: String, id: String) throws(LibraryError) {
    client = try LibraryClient([("bootstrap.servers", brokers), ("transactional.id", id)])
    try unsafe check("init", rd_kafka_init_transactions(client.raw, Self.answerMilliseconds))
  }

  /// Writes the values to one partition in a transaction of their own.
  package func write(
    _ values: [String], to topic: String, partition: Int32 = 0, commits: Bool
  ) throws(LibraryError) {
    try open(values, to: topic, partition: partition)
    try end(commits: commits)
  }

  /// Begins a transaction and writes the values; the broker has them when it returns.
  package func open(
    _ values: [String], to topic: String, partition: Int32 = 0
  ) throws(LibraryError) {
    try unsafe check("begin", rd_kafka_begin_transaction(client.raw))
    for value in values {
      var bytes = Array(value.utf8)
      let handle = unsafe rd_kafka_topic_new(client.raw, topic, nil)
      let result = unsafe rd_kafka_produce(
        handle, partition, RD_KAFKA_MSG_F_COPY, &bytes, bytes.count, nil, 0, nil)
      unsafe rd_kafka_topic_destroy(handle)
      guard result == 0 else { throw LibraryError("produce: refused") }
    }
    unsafe rd_kafka_flush(client.raw, Self.answerMilliseconds)
  }

  package func end(commits: Bool) throws(LibraryError) {
    if commits {
      try unsafe check("commit", rd_kafka_commit_transaction(client.raw, Self.answerMilliseconds))
    } else {
      try unsafe check("abort", rd_kafka_abort_transaction(client.raw, Self.answerMilliseconds))
    }
  }

  private func check(_ step: String, _ error: OpaquePointer?) throws(LibraryError) {
    guard let error = unsafe error else { return }
    defer { unsafe rd_kafka_error_destroy(error) }
    throw LibraryError("\(step): \(unsafe String(cString: rd_kafka_error_string(error)))")
  }
}
