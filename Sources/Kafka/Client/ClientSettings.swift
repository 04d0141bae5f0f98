// SPDX-License-Identifier: Apache-2.0

/// How to reach the cluster: what every client needs.
///
/// The description holds the names of the overrides but not their values, which may be secrets.
package struct ClientSettings: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
  /// Comma-separated `host:port`.
  package var brokers: String
  /// Appears in the broker's logs, quotas and metrics.
  package var clientID: String
  /// librdkafka properties by name, applied in this order; see `PropertyRules` for the refused
  /// ones.
  package var overrides: [(String, String)]

  package init(brokers: String, clientID: String = "daybook", overrides: [(String, String)] = []) {
    self.brokers = brokers
    self.clientID = clientID
    self.overrides = overrides
  }

  /// What the site wants to see of librdkafka's work.
  var debugContexts: String? { overrides.last { $0.0 == "debug" }?.1 }

  /// librdkafka's rule: a context of debugging raises the level.
  var logLevelMax: Int32 {
    if debugContexts != nil { return 7 }
    return overrides.last { $0.0 == "log_level" }.flatMap { Int32($0.1) } ?? logLevelDefault
  }

  package var description: String {
    "brokers=\(brokers) client=\(clientID) overrides=\(overrides.map(\.0))"
  }

  package var debugDescription: String { description }
}
