// SPDX-License-Identifier: Apache-2.0

/// How a record is wrapped in a Kafka message.
package enum WireFormat: String, CaseIterable, Sendable {
  /// The value is the JSON object.
  case plain
  /// CloudEvents binary mode: attributes in `ce_` headers.
  case cloudEventBinary = "cloudevents-binary"
  /// CloudEvents structured mode: the event is the JSON, the record its `data`.
  case cloudEventStructured = "cloudevents-structured"
  /// Confluent framing: a zero byte and a schema id before the JSON.
  case confluent
}
