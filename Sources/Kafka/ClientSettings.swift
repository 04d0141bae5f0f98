// SPDX-License-Identifier: Apache-2.0

/// How to reach the cluster: what every client needs.
///
/// The description holds the names of the overrides but not their values, which may be secrets.
package struct ClientSettings: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
  /// Comma-separated `host:port`.
  package var brokers: String
  /// Appears in the broker's logs, quotas and metrics.
  package var clientID: String
  /// librdkafka properties by name, applied in this order; see `PropertyRules` for the refused ones.
  package var overrides: [(String, String)]

  package init(brokers: String, clientID: String = "daybook", overrides: [(String, String)] = []) {
    self.brokers = brokers
    self.clientID = clientID
    self.overrides = overrides
  }

  package var description: String {
    "brokers=\(brokers) client=\(clientID) overrides=\(overrides.map(\.0))"
  }

  package var debugDescription: String { description }
}
