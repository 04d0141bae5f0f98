// SPDX-License-Identifier: Apache-2.0

/// Long questions read a replica, which is one and keeps up.
enum ReplicaChecks {
  static let all: [Check<ReplicaFacts>] = [
    Check(
      "replica.primary", .warning, why: "long questions load the server that stores the records"
    ) { facts in
      guard !facts.isStandby else { return [] }
      return [
        Violation(
          what: "replica_database_url leads to a primary",
          remedy: "let it lead to a replica, or leave it out")
      ]
    },
    Check(
      "replica.disconnected", .problem,
      why: "it gets nothing new, and its lag stays 0 because all that has come is replayed"
    ) { facts in
      guard facts.isStandby, !facts.isReceiving else { return [] }
      return [
        Violation(
          what: "the replica receives nothing from its primary",
          remedy: "look at the replica's log, at primary_conninfo there, and at its slot on the "
            + "primary: ops/runbooks/replication-lag.md")
      ]
    },
    Check("replica.lag", .warning, why: "finance and auditors read yesterday's truth") { facts in
      guard facts.isStandby, let lag = facts.lagSeconds, lag > lagSecondsMax else { return [] }
      return [
        Violation(
          what: "the replica is \(Int(min(lag, 1e9))) s behind",
          remedy: "ops/runbooks/replication-lag.md")
      ]
    },
    Check(
      "replica.hot_standby_feedback", .warning,
      why: "vacuum on the primary ends the replica's long questions"
    ) { facts in
      guard facts.isStandby, facts.settings["hot_standby_feedback"] == "off" else { return [] }
      return [
        Violation(
          what: "hot_standby_feedback = off", remedy: "set it on there (ops/postgres/replica.conf)")
      ]
    },
  ]

  /// The first alert on a replica's lag.
  private static let lagSecondsMax = 30.0
}
