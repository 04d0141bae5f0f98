// SPDX-License-Identifier: Apache-2.0

/// What a visit has found, and what it could not look at.
package struct Diagnosis: Sendable {
  package private(set) var findings: [Finding] = []
  /// How many checks were made, whatever came out.
  package private(set) var checkCount = 0
  /// What was not looked at, and why: silence about it would say that it is well.
  package private(set) var skipped: [(subject: String, why: String)] = []
  /// Findings that the site knows of and takes as they are.
  package private(set) var acceptedCount = 0
  private let accepted: Set<String>

  /// `accepted`: names of checks whose findings are only counted.
  package init(accepting accepted: Set<String>) { self.accepted = accepted }

  package mutating func look(at facts: ServerFacts) {
    run(ServerChecks.all, facts)
    for name in facts.hiddenSettings
    where Self.checkNames.contains("postgres.\(name.lowercased())") {
      skip(name, because: "hidden by a setting of the login (ALTER ROLE … SET)")
    }
  }
  package mutating func look(at facts: LoginFacts) { run(LoginChecks.all, facts) }
  package mutating func look(at facts: ReplicaFacts) { run(ReplicaChecks.all, facts) }
  package mutating func look(at facts: PoolerFacts) { run(PoolerChecks.all, facts) }
  package mutating func look(at facts: ClientFacts) { run(ClientChecks.all, facts) }
  package mutating func look(at facts: [TopicFacts]) { run(TopicChecks.all, facts) }

  /// One more check, whose answer something else has given.
  package mutating func add(_ found: [Finding]) {
    checkCount += 1
    let fresh = found.filter { !accepted.contains($0.check) }
    acceptedCount += found.count - fresh.count
    findings += fresh
  }

  package mutating func skip(_ subject: String, because why: String) {
    skipped.append((subject, why))
  }

  private mutating func run<Facts>(_ checks: [Check<Facts>], _ facts: Facts) {
    for check in checks {
      add(
        check.violations(facts).map {
          Finding(check.name, check.gravity, what: $0.what, why: check.why, remedy: $0.remedy)
        })
    }
  }
}

extension Diagnosis {
  /// Every name that a finding can have.
  package static let checkNames: [String] =
    ServerChecks.all.map(\.name) + CatalogueQuestion.all.map(\.name) + LoginChecks.all.map(\.name)
    + ReplicaChecks.all.map(\.name) + PoolerChecks.all.map(\.name) + ClientChecks.all.map(\.name)
    + TopicChecks.all.map(\.name) + [schemaCheck, partitionsCheck, settingsCheck, reachCheck]

  /// The tables and functions are not those of this program.
  package static let schemaCheck = "schema.version"
  /// What `daybook partitions check` says.
  package static let partitionsCheck = "schema.partitions"
  /// Settings that contradict each other.
  package static let settingsCheck = "settings.contradiction"
  /// A server that the settings name does not answer, or refuses.
  package static let reachCheck = "reach"
}
