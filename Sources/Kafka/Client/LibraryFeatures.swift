// SPDX-License-Identifier: Apache-2.0
import CRdKafka

/// What the loaded librdkafka was built with.
package enum LibraryFeatures {
  /// The best compression that it can write; lz4 is part of its own source.
  package static var compression: String { compression(of: builtin) }

  static func compression(of features: String) -> String {
    features.split(separator: ",").contains("zstd") ? "zstd" : "lz4"
  }

  /// `builtin.features`, separated by commas.
  static var builtin: String {
    let configuration = rd_kafka_conf_new()
    defer { rd_kafka_conf_destroy(configuration) }
    var text = [CChar](repeating: 0, count: errorTextBytesMax)
    var count = text.count
    guard
      rd_kafka_conf_get(configuration, "builtin.features", &text, &count) == RD_KAFKA_CONF_OK
    else { return "" }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
