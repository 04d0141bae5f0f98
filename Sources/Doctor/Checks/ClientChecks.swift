// SPDX-License-Identifier: Apache-2.0

/// TLS everywhere, and the server's name is looked at.
enum ClientChecks {
  static let all: [Check<ClientFacts>] = [
    Check(
      "client.sslmode", .problem,
      why: "without verify-full anybody on the way can answer in the server's name"
    ) { facts in
      facts.databases.filter { !$0.isLocal && $0.sslMode != "verify-full" }.map { way in
        Violation(
          what: "\(way.setting) has sslmode=\(way.sslMode)",
          remedy: "add sslmode=verify-full and sslrootcert=FILE to \(way.setting)")
      }
    },
    Check(
      "client.security.protocol", .problem,
      why: "records and passwords cross the network in clear text"
    ) { facts in
      guard let security = facts.kafkaProtocol, !facts.areBrokersLocal,
        !["ssl", "sasl_ssl"].contains(security)
      else { return [] }
      return [
        Violation(
          what: "security.protocol = \(security)",
          remedy: "kafka.security.protocol = SASL_SSL (or SSL) and kafka.ssl.ca.location = FILE")
      ]
    },
  ]
}
