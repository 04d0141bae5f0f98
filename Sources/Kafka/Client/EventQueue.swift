// SPDX-License-Identifier: Apache-2.0
import CRdKafka

/// Owns a `rd_kafka_queue_t`; must go before its client is destroyed.
struct EventQueue: ~Copyable {
  let raw: OpaquePointer

  init(_ client: OpaquePointer) { raw = rd_kafka_queue_new(client) }

  deinit { rd_kafka_queue_destroy(raw) }
}
