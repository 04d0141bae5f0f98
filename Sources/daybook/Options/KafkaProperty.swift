// SPDX-License-Identifier: Apache-2.0
import Kafka
import Telemetry

/// A librdkafka property that passes through, with where it came from.
package struct KafkaProperty: Sendable, Equatable {
  /// librdkafka's own name: `sasl.password`.
  package let name: String
  package let value: String
  package let origin: Origin

  package static let filePrefix = "kafka."
  package static let environmentPrefix = "DAYBOOK_KAFKA_"

  package var isSecret: Bool { Self.isSecret(name: name) }

  /// `sasl.password_file` names a file with the value of `sasl.password`.
  var isFile: Bool { name.hasSuffix(OptionDeclaration.secretFileSuffix) }

  /// What librdkafka is told.
  var effectiveName: String {
    isFile ? String(name.dropLast(OptionDeclaration.secretFileSuffix.count)) : name
  }

  /// One for both names that librdkafka may have for it.
  var canonicalName: String { PropertyRules.canonical(effectiveName) }

  /// What `config show` may print.
  package var shownValue: String { isSecret ? Redaction.mask : Redaction.redact(value) }

  package static func isSecret(name: String) -> Bool {
    let isLocation = name.hasSuffix(".location") || name.hasSuffix("_file")
    return !isLocation && (Redaction.isSecret(name: name) || secretNames.contains(name))
  }

  /// `DAYBOOK_KAFKA_SASL_PASSWORD` → `sasl.password`; the suffix `_FILE` is kept as `_file`.
  static func name(environment: Substring) -> String {
    let lower = environment.lowercased()
    let suffix = OptionDeclaration.secretFileSuffix
    guard lower.hasSuffix(suffix) else { return lower.replacing("_", with: ".") }
    return lower.dropLast(suffix.count).replacing("_", with: ".") + suffix
  }

  private static let secretNames: Set<String> = [
    "ssl.key.pem", "sasl.oauthbearer.config", "sasl.oauthbearer.client.secret",
  ]
}
