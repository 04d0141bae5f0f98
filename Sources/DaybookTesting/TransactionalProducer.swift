// SPDX-License-Identifier: Apache-2.0
import CRdKafka

/// A producer that writes in Kafka transactions, which leave markers and aborted records in the log.
///
/// For one thread only.
package final class TransactionalProducer {
  /// A step that failed, and librdkafka's words.
  package struct Failure: Error {
    package let step: String
    package let message: String
  }

  private let client: OpaquePointer
  private static let answerMilliseconds: Int32 = 30_000

  package init(brokers: String, id: String) throws(Failure) {
    var text = [CChar](repeating: 0, count: 512)
    let configuration = rd_kafka_conf_new()
    for (name, value) in [("bootstrap.servers", brokers), ("transactional.id", id)] {
      rd_kafka_conf_set(configuration, name, value, &text, text.count)
    }
    guard let client = rd_kafka_new(RD_KAFKA_PRODUCER, configuration, &text, text.count) else {
      rd_kafka_conf_destroy(configuration)
      throw Failure(step: "create", message: "no client")
    }
    self.client = client
    try check("init", rd_kafka_init_transactions(client, Self.answerMilliseconds))
  }

  deinit {
    rd_kafka_destroy(client)
  }

  /// Writes the values to one partition in a transaction of their own.
  package func write(
    _ values: [String], to topic: String, partition: Int32 = 0, commits: Bool
  ) throws(Failure) {
    try open(values, to: topic, partition: partition)
    try end(commits: commits)
  }

  /// Begins a transaction and writes the values; the broker has them when it returns.
  package func open(
    _ values: [String], to topic: String, partition: Int32 = 0
  ) throws(Failure) {
    try check("begin", rd_kafka_begin_transaction(client))
    for value in values {
      var bytes = Array(value.utf8)
      let handle = rd_kafka_topic_new(client, topic, nil)
      let result = rd_kafka_produce(
        handle, partition, RD_KAFKA_MSG_F_COPY, &bytes, bytes.count, nil, 0, nil)
      rd_kafka_topic_destroy(handle)
      guard result == 0 else { throw Failure(step: "produce", message: "refused") }
    }
    rd_kafka_flush(client, Self.answerMilliseconds)
  }

  package func end(commits: Bool) throws(Failure) {
    if commits {
      try check("commit", rd_kafka_commit_transaction(client, Self.answerMilliseconds))
    } else {
      try check("abort", rd_kafka_abort_transaction(client, Self.answerMilliseconds))
    }
  }

  private func check(_ step: String, _ error: OpaquePointer?) throws(Failure) {
    guard let error else { return }
    defer { rd_kafka_error_destroy(error) }
    throw Failure(step: step, message: String(cString: rd_kafka_error_string(error)))
  }
}
