// SPDX-License-Identifier: Apache-2.0

/// Whoever stores records can do nothing else.
enum LoginChecks {
  static let all: [Check<LoginFacts>] = [
    Check("login.standby", .problem, why: "nothing can be stored there") { facts in
      guard facts.isStandby else { return [] }
      return [
        Violation(
          what: "database_url leads to a server in recovery",
          remedy: "let it lead to the primary; a replica belongs into replica_database_url")
      ]
    },
    Check(
      "login.superuser", .problem,
      why: "no right and no trigger holds for it, and an auditor has to take its word"
    ) { facts in
      guard facts.isSuperuser else { return [] }
      return [
        Violation(
          what: "database_url logs in as \(facts.name), a superuser",
          remedy: "make a login of app_write (ops/postgres/roles.up.sql) and use that")
      ]
    },
    Check(
      "login.groups", .problem,
      why: "who takes over an ingester can change prices, partitions or functions"
    ) { facts in
      guard !facts.isSuperuser else { return [] }
      return facts.groupsTooMany.map { group in
        Violation(
          what: "\(facts.name) of database_url is a member of \(group)",
          remedy: "REVOKE \(group) FROM \(facts.name), and give that to a login of its own")
      }
    },
    Check(
      "login.rights", .problem, why: "stored records must not be changed by whoever stores them"
    ) { facts in
      guard !facts.isSuperuser, facts.groupsTooMany.isEmpty else { return [] }
      return facts.changeableTables.map { table in
        Violation(
          what: "\(facts.name) of database_url may change or delete rows of \(table)",
          remedy: "REVOKE UPDATE, DELETE, TRUNCATE ON \(table) FROM \(facts.name) and its groups")
      }
    },
  ]
}
