// SPDX-License-Identifier: Apache-2.0

extension ServerChecks {
  /// What the server writes down: enough for an auditor, and nothing of the records.
  static let logging: [Check<ServerFacts>] = [
    parameter(
      "log_statement", .problem, is: ["none", "ddl"], set: "none",
      why: "statements stand in the server's log with the personal data in them"),
    parameter(
      "log_parameter_max_length", .problem, is: ["0"], set: "0",
      why: "parameters of slow statements stand in the server's log, and they are personal data"),
    parameter(
      "log_parameter_max_length_on_error", .problem, is: ["0"], set: "0",
      why: "parameters of failed statements stand in the server's log, and they are personal data"),
    // PostgreSQL 15 has no such parameter.
    parameter(
      "auto_explain.log_parameter_max_length", .problem, is: ["0"], set: "0",
      why: "parameters of slow plans stand in the server's log, and they are personal data"),
    parameter(
      "pgaudit.log_parameter", .problem, is: ["off"], set: "off",
      why: "parameters of audited statements stand in the server's log, and they are personal data"),
    library(
      "pgaudit",
      why: "who changed a definition or a right is not logged (SOC 2 CC7.2, HIPAA 164.312(b))"),
    library("pg_stat_statements", why: "nobody can tell which statements are slow, or were"),
    Check(
      "postgres.pgaudit.log", .warning,
      why: "changes of definitions and of rights must both be logged (SOC 2 CC7.2)"
    ) { facts in
      guard let classes = facts.settings["pgaudit.log"] else { return [] }
      let logged = Set(classes.lowercased().split(separator: ",").map { $0.filter { $0 != " " } })
      guard !logged.contains("all"), !logged.isSuperset(of: ["ddl", "role"]) else { return [] }
      return [
        Violation(
          what: "pgaudit.log = \(classes.isEmpty ? "''" : classes)",
          remedy: facts.change("pgaudit.log", to: "'ddl,role'"))
      ]
    },
    Check(
      "postgres.extension.pg_stat_statements", .warning,
      why: "the library collects, but nobody can read what in this database"
    ) { facts in
      guard facts.libraries?.contains("pg_stat_statements") == true,
        !facts.extensions.contains("pg_stat_statements")
      else { return [] }
      return [
        Violation(
          what: "extension pg_stat_statements is not installed in \(facts.database)",
          remedy: "CREATE EXTENSION pg_stat_statements")
      ]
    },
  ]

  private static func library(_ name: String, why: String) -> Check<ServerFacts> {
    Check("postgres.shared_preload_libraries.\(name)", .warning, why: why) { facts in
      guard let loaded = facts.libraries, !loaded.contains(name) else { return [] }
      // RDS adds its own (rdsutils), and its parameter groups refuse them.
      let ours = facts.isRDS ? loaded.filter { !$0.hasPrefix("rds") } : loaded
      let wanted = (ours + [name]).joined(separator: ",")
      return [
        Violation(
          what: "\(name) is not among shared_preload_libraries",
          remedy: facts.change("shared_preload_libraries", to: "'\(wanted)'", restarts: true))
      ]
    }
  }
}

extension ServerFacts {
  /// A login needs pg_read_all_settings for some of them.
  package var areAllSettingsSeen: Bool { libraries != nil }

  /// Nil when the login may not see them.
  var libraries: [String]? {
    settings["shared_preload_libraries"].map { text in
      text.split(separator: ",").map { $0.filter { $0 != " " } }
    }
  }
}
