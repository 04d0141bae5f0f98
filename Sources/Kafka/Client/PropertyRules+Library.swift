// SPDX-License-Identifier: Apache-2.0
import CRdKafka

extension PropertyRules {
  /// What librdkafka has against the value of a property that it knows, without secrets; nil if it
  /// takes it.
  package static func complaint(about name: String, _ value: String) -> String? {
    do throws(KafkaError) {
      _ = try Configuration(ClientSettings(brokers: "nobody"), defaults: [(name, value)])
      return nil
    } catch {
      return error.description
    }
  }

  /// Whether librdkafka has a property of this name, or an alias.
  package static func isKnown(_ name: String) -> Bool {
    let configuration = unsafe rd_kafka_conf_new()
    defer { unsafe rd_kafka_conf_destroy(configuration) }
    return unsafe rd_kafka_conf_set(configuration, name, "", nil, 0) != RD_KAFKA_CONF_UNKNOWN
  }

  /// The names that librdkafka has, without aliases.
  package static let known: [String] = {
    let configuration = unsafe rd_kafka_conf_new()
    defer { unsafe rd_kafka_conf_destroy(configuration) }
    var count = 0
    guard let entries = unsafe rd_kafka_conf_dump(configuration, &count) else { return [] }
    defer { unsafe rd_kafka_conf_dump_free(entries, count) }
    return stride(from: 0, to: count, by: 2).compactMap { index in
      unsafe entries[index].map { unsafe String(cString: $0) }
    }
  }()
}
