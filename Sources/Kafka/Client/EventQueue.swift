// SPDX-License-Identifier: Apache-2.0
import CRdKafka

/// Owns a `rd_kafka_queue_t`; must go before its client is destroyed.
@safe struct EventQueue: ~Copyable {
  let raw: OpaquePointer

  init(_ client: borrowing LiveClient) { unsafe raw = rd_kafka_queue_new(client.raw) }

  deinit { unsafe rd_kafka_queue_destroy(raw) }

  /// Serves one message, and drops it.
  func serve(timeoutMilliseconds: Int32) {
    guard let message = unsafe rd_kafka_consume_queue(raw, timeoutMilliseconds) else { return }
    unsafe rd_kafka_message_destroy(message)
  }

  /// The answer to a request; nil within the time.
  func event(timeoutMilliseconds: Int32) -> Event? {
    unsafe rd_kafka_queue_poll(raw, timeoutMilliseconds).map { unsafe Event(consuming: $0) }
  }
}
