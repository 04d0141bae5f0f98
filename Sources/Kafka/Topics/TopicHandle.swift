// SPDX-License-Identifier: Apache-2.0
import CRdKafka

/// Owns a `rd_kafka_topic_t`; must go before its client is destroyed.
@safe struct TopicHandle: ~Copyable {
  let raw: OpaquePointer

  init(_ client: borrowing LiveClient, name: String) throws(KafkaError) {
    guard let topic = unsafe rd_kafka_topic_new(client.raw, name, nil) else {
      throw KafkaError(rd_kafka_last_error(), "topic name \(name) is not valid")
    }
    unsafe raw = topic
  }

  deinit { unsafe rd_kafka_topic_destroy(raw) }
}
