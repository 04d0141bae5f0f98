// SPDX-License-Identifier: Apache-2.0

/// PgBouncer as Daybook needs it; the values are those of `ops/pgbouncer`.
enum PoolerChecks {
  static let all: [Check<PoolerFacts>] = [
    Check(
      "pooler.pool_mode", .problem,
      why: "in statement mode there is no transaction, and no batch can be stored"
    ) { facts in
      let common = ["all": facts.config["pool_mode"] ?? ""]
      let modes = facts.poolModes.merging(common) { own, _ in own }
      return modes.filter { $0.value == "statement" }.keys.sorted().map { name in
        Violation(
          what: "pool_mode = statement (\(name))", remedy: "pool_mode = transaction, then RELOAD")
      }
    },
    Check(
      "pooler.query_timeout", .problem,
      why: "it closes the connection under a batch, which may take 25 s, and then knows of nothing"
    ) { facts in
      guard let seconds = facts.integer("query_timeout"), (1..<querySecondsMin).contains(seconds)
      else { return [] }
      return [
        Violation(
          what: "query_timeout = \(seconds)",
          remedy: "query_timeout = \(querySecondsMin) or more, then RELOAD")
      ]
    },
    Check(
      "pooler.idle_transaction_timeout", .problem,
      why: "it closes the connection while a batch waits for its own next message"
    ) { facts in
      guard let seconds = facts.integer("idle_transaction_timeout"),
        (1..<querySecondsMin).contains(seconds)
      else { return [] }
      return [
        Violation(
          what: "idle_transaction_timeout = \(seconds)",
          remedy: "idle_transaction_timeout = 60, then RELOAD")
      ]
    },
    Check(
      "pooler.server_login_retry", .warning,
      why: "after a failover each login waits so long before it is tried again"
    ) { facts in
      guard let seconds = facts.integer("server_login_retry"), seconds > loginRetrySecondsMax
      else { return [] }
      return [
        Violation(
          what: "server_login_retry = \(seconds)", remedy: "server_login_retry = 1, then RELOAD")
      ]
    },
    tls("client_tls_sslmode", allowed: ["require", "verify-ca", "verify-full"], set: "require"),
    tls("server_tls_sslmode", allowed: ["verify-full"], set: "verify-full"),
    Check(
      "pooler.waiting", .warning,
      why: "batches queue for a connection to the server, and are stored later"
    ) { facts in
      guard facts.waitingClientCount > 0, facts.waitSeconds >= waitSecondsMax else { return [] }
      return [
        Violation(
          what: "\(facts.waitingClientCount) clients wait, one for \(facts.waitSeconds) s",
          remedy: "ops/runbooks/pool-exhaustion.md")
      ]
    },
    Check(
      "pooler.max_client_conn", .warning, why: "a rush after an outage is refused"
    ) { facts in
      guard let clients = facts.integer("max_client_conn"), clients < clientsMin else { return [] }
      return [
        Violation(
          what: "max_client_conn = \(clients)", remedy: "max_client_conn = 1000, then RELOAD")
      ]
    },
  ]

  private static func tls(
    _ name: String, allowed: [String], set value: String
  ) -> Check<PoolerFacts> {
    Check(
      "pooler.\(name)", .problem, why: "records and passwords cross the network in clear text"
    ) { facts in
      guard let mode = facts.config[name], !allowed.contains(mode) else { return [] }
      return [Violation(what: "\(name) = \(mode)", remedy: "\(name) = \(value), then RELOAD")]
    }
  }

  /// No batch takes longer.
  private static let querySecondsMin = 30
  private static let loginRetrySecondsMax = 5
  private static let waitSecondsMax = 1
  private static let clientsMin = 200
}
