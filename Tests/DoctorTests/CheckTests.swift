// SPDX-License-Identifier: Apache-2.0
import Kafka
import Testing

@testable import Doctor

/// The decisions, on facts that no test server can be brought to have.
@Suite struct CheckTests {
  private func found(_ look: (inout Diagnosis) -> Void) -> [String] {
    var diagnosis = Diagnosis(accepting: [])
    look(&diagnosis)
    return diagnosis.findings.map(\.check)
  }

  @Test func namesAreUnique() {
    #expect(Set(Diagnosis.checkNames).count == Diagnosis.checkNames.count)
  }

  @Test func whatIsAcceptedIsCounted() {
    var facts = ServerFacts.good
    facts.settings["fsync"] = "off"
    var diagnosis = Diagnosis(accepting: ["postgres.fsync"])
    diagnosis.look(at: facts)
    #expect(diagnosis.findings.isEmpty && diagnosis.acceptedCount == 1)
  }

  @Test func aGoodServerIsSilent() {
    #expect(found { $0.look(at: ServerFacts.good) } == [])
  }

  /// What a login without pg_read_all_settings cannot see is nobody's fault.
  @Test func whatIsNotSeenIsNoFinding() {
    var facts = ServerFacts.good
    facts.settings["shared_preload_libraries"] = nil
    facts.settings["pgaudit.log"] = nil
    #expect(found { $0.look(at: facts) } == [])
  }

  /// Of what the login hides only what a check would look at is told.
  @Test func whatTheLoginHidesIsNotLookedAt() {
    var facts = ServerFacts.good
    facts.settings["TimeZone"] = nil
    facts.hiddenSettings = ["TimeZone", "work_mem"]
    var diagnosis = Diagnosis(accepting: [])
    diagnosis.look(at: facts)
    #expect(diagnosis.findings.isEmpty)
    #expect(diagnosis.skipped.map { $0.subject } == ["TimeZone"])
  }

  /// PostgreSQL 15 does not have the second one.
  @Test func parametersInTheLog() {
    for name in ["log_parameter_max_length_on_error", "auto_explain.log_parameter_max_length"] {
      var facts = ServerFacts.good
      facts.settings[name] = "0"
      #expect(found { $0.look(at: facts) } == [])
      facts.settings[name] = "-1"
      #expect(found { $0.look(at: facts) } == ["postgres.\(name)"])
    }
  }

  @Test func clocksVersionsAndConnections() {
    var facts = ServerFacts.good
    facts.clockSecondsAhead = -61
    facts.versionNumber = 140_011
    facts.connectionCount = 81
    facts.settings["max_connections"] = "100"
    #expect(
      found { $0.look(at: facts) } == [
        "postgres.version", "postgres.connections", "postgres.clock",
      ])
    facts = .good
    facts.clockSecondsAhead = .infinity
    #expect(found { $0.look(at: facts) } == ["postgres.clock"])
  }

  @Test func onRDSTheParameterGroupIsChanged() {
    var facts = ServerFacts.good
    facts.settings["rds.extensions"] = ""
    facts.settings["jit"] = "on"
    var diagnosis = Diagnosis(accepting: [])
    diagnosis.look(at: facts)
    #expect(diagnosis.findings.first?.remedy.contains("parameter group") == true)
  }

  @Test func onRDSItsOwnLibrariesAreLeftOut() {
    var facts = ServerFacts.good
    facts.settings["shared_preload_libraries"] = "rdsutils,pg_stat_statements"
    for (isRDS, wanted) in [
      (false, "'rdsutils,pg_stat_statements,pgaudit'"), (true, "'pg_stat_statements,pgaudit'"),
    ] {
      facts.settings["rds.extensions"] = isRDS ? "" : nil
      var diagnosis = Diagnosis(accepting: [])
      diagnosis.look(at: facts)
      #expect(diagnosis.findings.count == 1)
      #expect(diagnosis.findings.first?.remedy.contains(" = \(wanted)") == true)
    }
  }

  @Test func collationsThatHaveNoVersionCannotDiffer() {
    var facts = ServerFacts.good
    facts.collationRecorded = "153.112"
    facts.collationActual = "153.120"
    #expect(found { $0.look(at: facts) } == ["postgres.collation_version"])
    facts.collationActual = nil
    #expect(found { $0.look(at: facts) } == [])
  }

  @Test func clearTextAcrossTheNetwork() {
    var facts = ServerFacts.good
    facts.isProtected = false
    #expect(found { $0.look(at: facts) } == ["postgres.tls"])
    var client = ClientFacts()
    for (host, mode) in [
      ("/run/postgresql", "prefer"), ("127.0.0.1", "disable"), ("::1", "prefer"), ("", "prefer"),
      ("db.example", "verify-full"),
    ] { client.add("database_url", host: host, sslMode: mode) }
    client.add(brokers: "localhost:9092,[::1]:9093", properties: [])
    #expect(found { $0.look(at: client) } == [])
    client.add("database_url", host: "db.example", sslMode: "require")
    client.add(
      brokers: "localhost:9092,k:9093", properties: [("security.protocol", "SASL_PLAINTEXT")])
    #expect(found { $0.look(at: client) } == ["client.sslmode", "client.security.protocol"])
    client = ClientFacts()
    client.add(brokers: "k:9093", properties: [("security.protocol", "SASL_SSL")])
    #expect(found { $0.look(at: client) } == [])
  }

  @Test func standbysAndReplicas() {
    var login = LoginFacts()
    #expect(found { $0.look(at: login) } == [])
    login.isStandby = true
    #expect(found { $0.look(at: login) } == ["login.standby"])
    var replica = ReplicaFacts()
    replica.settings = ["hot_standby_feedback": "on"]
    #expect(found { $0.look(at: replica) } == [])
    replica.settings = ["hot_standby_feedback": "off"]
    replica.lagSeconds = 31
    #expect(
      found { $0.look(at: replica) } == ["replica.lag", "replica.hot_standby_feedback"])
    replica = ReplicaFacts()
    replica.isReceiving = false
    #expect(found { $0.look(at: replica) } == ["replica.disconnected"])
    replica.isStandby = false
    #expect(found { $0.look(at: replica) } == ["replica.primary"])
  }

  @Test func topicsThatLoseRecords() {
    let good = TopicDescription(
      partitionCount: 6, replicaCountMin: 3,
      config: [
        "cleanup.policy": "delete", "retention.ms": "604800000", "retention.bytes": "-1",
        "min.insync.replicas": "2", "unclean.leader.election.enable": "false",
      ])
    func facts(_ description: TopicDescription?, gaps: Bool = false) -> [TopicFacts] {
      [TopicFacts(name: "t", areGapsAllowed: gaps, description: description, workerCount: 2)]
    }
    #expect(found { $0.look(at: facts(good)) } == [])
    #expect(found { $0.look(at: facts(nil)) } == ["kafka.topic"])
    for (key, value, check) in [
      ("cleanup.policy", "compact,delete", "kafka.cleanup.policy"),
      ("retention.ms", "86400000", "kafka.retention.ms"),
      ("retention.bytes", "1000", "kafka.retention.bytes"),
      ("min.insync.replicas", "1", "kafka.min.insync.replicas"),
      ("min.insync.replicas", "3", "kafka.min.insync.replicas"),
      ("unclean.leader.election.enable", "true", "kafka.unclean.leader.election.enable"),
    ] {
      var bad = good
      bad.config[key] = value
      #expect(found { $0.look(at: facts(bad)) } == [check], "\(key) = \(value)")
    }
    var compacted = good
    compacted.config["cleanup.policy"] = "compact"
    compacted.config["retention.ms"] = "-1"
    #expect(found { $0.look(at: facts(compacted, gaps: true)) } == [])
    var broken = good
    (broken.leaderlessCount, broken.behindCount, broken.partitionCount) = (1, 2, 1)
    #expect(
      found { $0.look(at: facts(broken)) } == [
        "kafka.partitions.leader", "kafka.partitions.insync", "kafka.workers",
      ])
  }

  /// Whoever obeyed would be told the opposite the next time.
  @Test func twoReplicasHaveNoRightMinimum() {
    for (least, what) in [
      ("1", "topic t: min.insync.replicas = 1 of 2"),
      ("2", "topic t: min.insync.replicas = 2 of 2, so both replicas must be in sync"),
    ] {
      let description = TopicDescription(
        partitionCount: 6, replicaCountMin: 2, config: ["min.insync.replicas": least])
      var diagnosis = Diagnosis(accepting: [])
      diagnosis.look(
        at: [
          TopicFacts(name: "t", areGapsAllowed: false, description: description, workerCount: 2)
        ])
      #expect(diagnosis.findings.map(\.what) == [what])
      let remedy = diagnosis.findings.first?.remedy ?? ""
      #expect(remedy.hasPrefix("three replicas") && !remedy.contains("--add-config"))
    }
  }

  @Test func poolers() {
    var facts = PoolerFacts()
    facts.config = [
      "pool_mode": "transaction", "query_timeout": "1830", "idle_transaction_timeout": "60",
      "server_login_retry": "1", "client_tls_sslmode": "require",
      "server_tls_sslmode": "verify-full", "max_client_conn": "1000",
    ]
    #expect(found { $0.look(at: facts) } == [])
    facts.poolModes = ["daybook": "statement"]
    facts.waitingClientCount = 3
    facts.waitSeconds = 9
    facts.config.merge([
      "query_timeout": "20", "idle_transaction_timeout": "10", "server_login_retry": "15",
      "client_tls_sslmode": "prefer", "server_tls_sslmode": "require", "max_client_conn": "100",
    ]) { $1 }
    #expect(found { $0.look(at: facts) } == PoolerCheckNames.all)
    facts.config["query_timeout"] = "0"
    #expect(!found { $0.look(at: facts) }.contains("pooler.query_timeout"))
  }
}

private enum PoolerCheckNames {
  static let all = PoolerChecks.all.map(\.name)
}

extension ServerFacts {
  /// As `ops/postgres` has it.
  static var good: ServerFacts {
    var facts = ServerFacts()
    facts.versionNumber = 150_018
    facts.encoding = "UTF8"
    facts.isProtected = true
    facts.extensions = ["plpgsql", "pg_stat_statements"]
    facts.settings = [
      "fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "autovacuum": "on",
      "track_counts": "on", "wal_level": "replica", "session_replication_role": "origin",
      "jit": "off", "TimeZone": "UTC", "statement_timeout": "0",
      "idle_in_transaction_session_timeout": "600000", "track_io_timing": "on",
      "max_locks_per_transaction": "256", "max_connections": "200", "data_checksums": "on",
      "ssl": "on", "password_encryption": "scram-sha-256", "log_statement": "none",
      "log_parameter_max_length": "0", "log_parameter_max_length_on_error": "0",
      "pgaudit.log_parameter": "off",
      "pgaudit.log": "ddl,role",
      "shared_preload_libraries": "pg_stat_statements, auto_explain, pgaudit",
    ]
    return facts
  }
}
