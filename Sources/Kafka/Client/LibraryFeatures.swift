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
    let configuration = unsafe rd_kafka_conf_new()
    defer { unsafe rd_kafka_conf_destroy(configuration) }
    var text = ErrorText()
    let result = unsafe text.filled { text, count in
      var count = count
      return unsafe rd_kafka_conf_get(configuration, "builtin.features", text, &count)
    }
    return result == RD_KAFKA_CONF_OK ? text.string : ""
  }
}
