// SPDX-License-Identifier: Apache-2.0
package import Postgres

/// By which ways this program reaches the servers.
package struct ClientFacts: Sendable {
  struct Way: Sendable {
    /// The setting's name in the configuration file.
    let setting: String
    let isLocal: Bool
    let sslMode: String
  }

  private(set) var databases: [Way] = []
  /// librdkafka's security.protocol, lower case; nil without brokers.
  private(set) var kafkaProtocol: String?
  private(set) var areBrokersLocal = false

  package init() {}

  package mutating func add(_ setting: String, _ connection: borrowing Connection) {
    add(setting, host: connection.host, sslMode: connection.sslMode)
  }

  mutating func add(_ setting: String, host: String, sslMode: String) {
    databases.append(
      Way(
        setting: setting, isLocal: host.isEmpty || host.hasPrefix("/") || Self.isLoopback(host),
        sslMode: sslMode))
  }

  /// `brokers` as host:port with commas between.
  package mutating func add(brokers: String, properties: [(String, String)]) {
    kafkaProtocol =
      properties.last { $0.0 == "security.protocol" }?.1.lowercased() ?? "plaintext"
    areBrokersLocal = brokers.split(separator: ",").allSatisfy { broker in
      Self.isLoopback(String(broker[..<(broker.lastIndex(of: ":") ?? broker.endIndex)]))
    }
  }

  private static func isLoopback(_ host: String) -> Bool {
    host == "localhost" || host == "::1" || host == "[::1]" || host.hasPrefix("127.")
  }
}
