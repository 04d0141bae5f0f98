// SPDX-License-Identifier: Apache-2.0
import CRdKafka

/// Owns a `rd_kafka_topic_t`; must go before its client is destroyed.
struct TopicHandle: ~Copyable {
  let raw: OpaquePointer

  init(_ client: OpaquePointer, name: String) throws(KafkaError) {
    guard let topic = rd_kafka_topic_new(client, name, nil) else {
      throw KafkaError(rd_kafka_last_error(), "topic name \(name) is not valid")
    }
    raw = topic
  }

  deinit { rd_kafka_topic_destroy(raw) }
}
