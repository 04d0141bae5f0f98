// SPDX-License-Identifier: Apache-2.0
import CRdKafka

/// Who a client says it is, with the mechanisms PLAIN and SCRAM.
package struct SASLCredentials: Sendable, Equatable, CustomStringConvertible,
  CustomDebugStringConvertible
{
  package let username: String
  package let password: String

  package init(username: String, password: String) {
    self.username = username
    self.password = password
  }

  package var description: String { "username=\(username)" }
  package var debugDescription: String { description }
}

extension ClientSettings {
  /// Nil unless both are set.
  package var credentials: SASLCredentials? {
    get {
      guard let username = value(of: Self.username), let password = value(of: Self.password) else {
        return nil
      }
      return SASLCredentials(username: username, password: password)
    }
    set {
      guard let newValue else { return }
      overrides.removeAll { [Self.username, Self.password].contains($0.0) }
      overrides += [(Self.username, newValue.username), (Self.password, newValue.password)]
    }
  }

  /// librdkafka's names of what ``credentials`` holds.
  package static let credentialNames = [username, password]

  private static let username = "sasl.username"
  private static let password = "sasl.password"

  private func value(of name: String) -> String? { overrides.last { $0.0 == name }?.1 }
}

extension LiveClient {
  /// For the connections to come; those that stand stay.
  func authenticate(as credentials: SASLCredentials) throws(KafkaError) {
    try unsafe KafkaError.check(
      rd_kafka_sasl_set_credentials(raw, credentials.username, credentials.password),
      doing: "change the credentials")
  }
}

extension Consumer {
  /// For the connections to come; those that stand stay. For the polling thread.
  package func authenticate(as credentials: SASLCredentials) throws(KafkaError) {
    try client.live.authenticate(as: credentials)
  }
}

extension OffsetReader {
  /// For the connections to come; those that stand stay.
  package func authenticate(as credentials: SASLCredentials) throws(KafkaError) {
    try client.live.authenticate(as: credentials)
  }
}
