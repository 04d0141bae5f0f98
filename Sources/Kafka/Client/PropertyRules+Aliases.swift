// SPDX-License-Identifier: Apache-2.0

extension PropertyRules {
  /// What librdkafka itself makes of the name of a property: some have two, and whichever is set
  /// last counts.
  package static func canonical(_ name: String) -> String { aliases[name] ?? name }

  /// `Alias for` in librdkafka's CONFIGURATION.md (2.0.2), but `enable.auto.commit`: it is one of a
  /// topic only, where a client has a property of that name.
  package static let aliases = [
    "acks": "request.required.acks",
    "bootstrap.servers": "metadata.broker.list",
    "compression.type": "compression.codec",
    "delivery.timeout.ms": "message.timeout.ms",
    "linger.ms": "queue.buffering.max.ms",
    "max.in.flight": "max.in.flight.requests.per.connection",
    "max.partition.fetch.bytes": "fetch.message.max.bytes",
    "retries": "message.send.max.retries",
    "sasl.mechanism": "sasl.mechanisms",
  ]
}
