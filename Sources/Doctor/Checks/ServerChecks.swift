// SPDX-License-Identifier: Apache-2.0

/// What must hold of the PostgreSQL server, whoever asks; the values are those of `ops/postgres`.
enum ServerChecks {
  static let all = parameters + server + logging

  private static let parameters: [Check<ServerFacts>] = [
    parameter(
      "fsync", .problem, is: ["on"], set: "on",
      why: "a crash of the host leaves a database that cannot be read, or lies"),
    parameter(
      "full_page_writes", .problem, is: ["on"], set: "on",
      why: "a page that was half written when the host crashed stays damaged"),
    parameter(
      "synchronous_commit", .problem, isNot: ["off"], set: "on",
      why: "a closed month that was acknowledged can be gone after a crash"),
    parameter(
      "autovacuum", .problem, is: ["on"], set: "on",
      why: "the hot rows of rollups and offsets bloat, and transaction ids run out"),
    parameter(
      "track_counts", .problem, is: ["on"], set: "on",
      why: "without these counts autovacuum never finds a table"),
    parameter(
      "wal_level", .problem, is: ["replica", "logical"], set: "replica", restarts: true,
      why: "there can be no replica and no point-in-time recovery"),
    parameter(
      "session_replication_role", .problem, is: ["origin"], set: "origin",
      why: "triggers that keep stored records and closed months unchanged do not fire"),
    parameter(
      "jit", .warning, is: ["off"], set: "off",
      why: "compiling a plan over dozens of partitions takes longer than it saves"),
    parameter(
      "TimeZone", .warning, is: ["UTC", "Etc/UTC", "GMT", "Etc/GMT"], set: "'UTC'",
      why: "months begin at midnight UTC, and people read another time in psql and in logs"),
    parameter(
      "statement_timeout", .warning, is: ["0"], set: "0",
      why: "it ends migrations, archives and index builds too; set it for each login instead"),
    parameter(
      "idle_in_transaction_session_timeout", .warning, isNot: ["0"], set: "'10min'",
      why: "one forgotten BEGIN holds back vacuum and every change of a partition"),
    parameter(
      "track_io_timing", .warning, is: ["on"], set: "on",
      why: "nobody can tell whether a slow statement waited for the disk"),
    Check(
      "postgres.max_locks_per_transaction", .warning,
      why: "audit and reconcile lock each partition and index, and fail when the table is full"
    ) { facts in
      guard let locks = facts.integer("max_locks_per_transaction"),
        let connections = facts.integer("max_connections"),
        facts.relationCount > locks * connections / lockShare
      else { return [] }
      return [
        Violation(
          what: "max_locks_per_transaction = \(locks) with max_connections = \(connections), and "
            + "\(facts.relationCount) tables and indexes",
          remedy: facts.change("max_locks_per_transaction", to: "256", restarts: true))
      ]
    },
  ]

  private static let server: [Check<ServerFacts>] = [
    Check(
      "postgres.version", .problem, why: "Daybook is tested with PostgreSQL 15 and 16"
    ) { facts in
      let major = facts.versionNumber / 10_000
      guard !(15...16).contains(major) else { return [] }
      return [Violation(what: "PostgreSQL \(major)", remedy: "move to PostgreSQL 15 or 16")]
    },
    Check(
      "postgres.encoding", .problem, why: "records are UTF-8, and other text cannot be stored"
    ) { facts in
      guard facts.encoding != "UTF8" else { return [] }
      return [
        Violation(
          what: "database \(facts.database) has encoding \(facts.encoding)",
          remedy: "make a database with CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0, and "
            + "restore into it")
      ]
    },
    Check(
      "postgres.collation_version", .problem,
      why: "the system library sorts otherwise than when the indexes were built: look-ups can miss "
        + "rows, and a duplicate can be stored"
    ) { facts in
      guard let actual = facts.collationActual, actual != facts.collationRecorded else { return [] }
      return [
        Violation(
          what: "collation version \(facts.collationRecorded ?? "none") of database "
            + "\(facts.database), \(actual) of the library",
          remedy: "REINDEX DATABASE, then ALTER DATABASE … REFRESH COLLATION VERSION")
      ]
    },
    Check(
      "postgres.data_checksums", .warning, why: "a disk that returns other bytes is not noticed"
    ) { facts in
      guard facts.settings["data_checksums"] == "off" else { return [] }
      return [
        Violation(
          what: "data_checksums = off", remedy: "stop the server, pg_checksums --enable, start it")
      ]
    },
    Check(
      "postgres.tls", .problem, why: "records, costs and passwords cross the network in clear text"
    ) { facts in
      guard !facts.isProtected else { return [] }
      return [
        Violation(
          what: facts.settings["ssl"] == "on"
            ? "the connection came without TLS" : "ssl = off",
          remedy: facts.settings["ssl"] == "on"
            ? "add sslmode=verify-full and sslrootcert to the connection string, and leave hostssl "
              + "lines only in pg_hba.conf" : facts.change("ssl", to: "on"))
      ]
    },
    parameter(
      "password_encryption", .problem, is: ["scram-sha-256"], set: "'scram-sha-256'",
      why: "an MD5 hash of a password is as good as the password"),
    Check(
      "postgres.connections", .warning,
      why: "with the last connection gone nobody can log in, administrators least"
    ) { facts in
      guard let max = facts.integer("max_connections"), max > 0,
        facts.connectionCount * 100 > max * connectionPercentMax
      else { return [] }
      return [
        Violation(
          what: "\(facts.connectionCount) of \(max) connections are in use",
          remedy: "ops/runbooks/pool-exhaustion.md")
      ]
    },
    Check(
      "postgres.clock", .warning, why: "records count as too new or too old by the server's clock"
    ) { facts in
      guard abs(facts.clockSecondsAhead) > clockSecondsMax else { return [] }
      let seconds = Int(min(abs(facts.clockSecondsAhead), 1e9))
      let direction = facts.clockSecondsAhead > 0 ? "ahead" : "behind"
      return [
        Violation(
          what: "the server's clock is \(seconds) s \(direction)",
          remedy: "look at chronyc tracking, here and there")
      ]
    },
  ]

  private static let connectionPercentMax = 80
  /// `daybook ingest` speaks of more.
  private static let clockSecondsMax = 5.0
  /// More than a half of the lock table for one question is too much.
  private static let lockShare = 2
}

extension ServerChecks {
  /// A parameter that must have one of the values, or none of them; what this login may not see is
  /// nobody's fault.
  static func parameter(
    _ name: String, _ gravity: Finding.Gravity, is allowed: [String] = [],
    isNot forbidden: [String] = [], set value: String, restarts: Bool = false, why: String
  ) -> Check<ServerFacts> {
    Check("postgres.\(name.lowercased())", gravity, why: why) { facts in
      guard let actual = facts.settings[name], !allowed.contains(actual),
        !allowed.isEmpty || forbidden.contains(actual)
      else { return [] }
      return [
        Violation(
          what: "\(name) = \(actual.isEmpty ? "''" : actual)",
          remedy: facts.change(name, to: value, restarts: restarts))
      ]
    }
  }
}
