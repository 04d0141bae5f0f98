// SPDX-License-Identifier: Apache-2.0
import Telemetry

/// Every option that more than one command knows, or that the configuration file may set.
package enum Options {
  // Every command
  static let config = OptionDeclaration(
    "config", "FILE", kind: .text, "read settings from this file (key = value)")
  static let logLevel = OptionDeclaration(
    "log-level", "LEVEL", kind: .choice(LogLevel.allCases.map(\.rawValue)), default: "info",
    "the lowest level of messages on stderr")
  static let logFormat = OptionDeclaration(
    "log-format", "FORMAT", kind: .choice(LogFormat.allCases.map(\.rawValue)),
    "json or text; the default is text on a terminal, else json")
  static let help = OptionDeclaration(
    "help", short: "h", kind: .toggle, sources: .flag, "explain the command and end")
  static let common = [config, logLevel, logFormat, help]

  // Where the data is
  package static let databaseURL = OptionDeclaration(
    "database-url", "URI", kind: .text, sources: .secret,
    "PostgreSQL as URI or conninfo (the pooler); PG* variables and service files work without it")
  static let adminDatabaseURL = OptionDeclaration(
    "admin-database-url", "URI", kind: .text, sources: .secret,
    "PostgreSQL directly, for migrations and maintenance; falls back to database_url")
  static let replicaDatabaseURL = OptionDeclaration(
    "replica-database-url", "URI", kind: .text, sources: .secret,
    "a read replica, for long questions that need no writing, such as reconcile")
  static let poolerAdminURL = OptionDeclaration(
    "pooler-admin-url", "URI", kind: .text, sources: .secret,
    "PgBouncer's own database (dbname=pgbouncer) as one of its stats_users, for daybook doctor")
  static let schema = OptionDeclaration(
    "schema", "NAME", kind: .text, default: "public", "the schema of the tables")
  static let kafkaBrokers = OptionDeclaration(
    "kafka-brokers", "HOST:PORT,…", kind: .text, "Kafka's bootstrap brokers")
  static let kafkaProperty = OptionDeclaration(
    "kafka-property", short: "X", "NAME=VALUE", kind: .assignment, repeatable: true,
    sources: .flag, "a librdkafka property; in the file: kafka.NAME = VALUE; no secrets here")
  static let database = [databaseURL, schema]
  static let kafka = [kafkaBrokers, kafkaProperty]

  // Ingest
  static let topic = OptionDeclaration(
    "topic", "NAME=TABLE[:PROFILE]", kind: .assignment, repeatable: true,
    "store this topic in this table, read by this profile; the default is each stream's own topic")
  static let profileDirectory = OptionDeclaration(
    "profile-dir", "DIR", kind: .text,
    "a directory with profiles of the site (NAME.profile), beside those of Daybook")
  static let schemaRegistry = OptionDeclaration(
    "schema-registry", "URL[,URL…]", kind: .text,
    "the registry of the schemas of framed records (Avro); of several one after the other is tried")
  static let schemaRegistryLogin = OptionDeclaration(
    "schema-registry-login", "USER:PASSWORD", kind: .text, sources: .secret,
    "for basic authentication with the schema registry")
  static let schemaRegistryCA = OptionDeclaration(
    "schema-registry-ca", "FILE", kind: .text,
    "the authorities that the registry's certificate is checked by (PEM); the default is the system's"
  )
  static let schemaRegistryCertificate = OptionDeclaration(
    "schema-registry-certificate", "FILE", kind: .text,
    "a certificate to show to the registry (PEM)")
  static let schemaRegistryKey = OptionDeclaration(
    "schema-registry-key", "FILE", kind: .text, "the key of that certificate (PEM)")
  static let schemaDirectory = OptionDeclaration(
    "schema-dir", "DIR", kind: .text,
    "instead of a registry: a directory with the schemas of framed records as ID.avsc")
  static let schemas = [
    schemaRegistry, schemaRegistryLogin, schemaRegistryCA, schemaRegistryCertificate,
    schemaRegistryKey, schemaDirectory,
  ]
  static let group = OptionDeclaration(
    "group", "NAME", kind: .text, default: "daybook", "the consumer group")
  static let workers = OptionDeclaration(
    "workers", "N", kind: .integer(1...64), default: "1",
    "consumers in this process, each with connections of its own to PostgreSQL")
  static let untilEnd = OptionDeclaration(
    "until-end", kind: .toggle, sources: .flag,
    "store everything up to the end offsets seen at the start, then exit 0")
  static let batchRows = OptionDeclaration(
    "batch-rows", "N", kind: .integer(1...200_000), default: "20000", unit: "records",
    "a batch is written when it holds so many records")
  static let batchRowsEarly = OptionDeclaration(
    "batch-rows-early", "N", kind: .integer(1...200_000), default: "2000", unit: "records",
    "or so many, while no more wait and no other batch is being written")
  static let batchBytes = OptionDeclaration(
    "batch-bytes", "N", kind: .integer(65_536...268_435_456), default: "41943040", unit: "bytes",
    "or so many encoded bytes, shared by the workers")
  static let batchAge = OptionDeclaration(
    "batch-age", "N", kind: .integer(10...20_000), default: "1000", unit: "milliseconds",
    "or when its first record has waited so long")
  static let rejectRatioMax = OptionDeclaration(
    "reject-ratio-max", "R", kind: .fraction(0...1), default: "0.5",
    "halt a partition when more than this share of its recent records is refused; 1 turns it off")
  static let strict = OptionDeclaration(
    "strict", kind: .toggle,
    "refuse records with an unknown field that looks like usage, cost or outcome")
  static let gapsAllowed = OptionDeclaration(
    "gaps-allowed", "TOPIC", kind: .text, repeatable: true,
    "a compacted or transactional topic, whose missing offsets are counted instead of halting")
  static let recordKey = OptionDeclaration(
    "record-key", "TOPIC=MEANING", kind: .assignment, repeatable: true,
    "what the key of a topic's records is: compare (the default; with tenant_id), tenant (also of "
      + "records without tenant_id) or ignore")
  static let drainTimeout = OptionDeclaration(
    "drain-timeout", "N", kind: .integer(1...300), default: "20", unit: "seconds",
    "how long a stop waits for the open batch")
  static let metricsListen = OptionDeclaration(
    "metrics-listen", "ADDR:PORT", kind: .address,
    "serve /metrics, /livez and /readyz here; :PORT is loopback; the default is no server")
  static let ingest = [
    topic, group, workers, untilEnd, batchRows, batchRowsEarly, batchBytes, batchAge,
    rejectRatioMax, strict, gapsAllowed, recordKey, profileDirectory, schemaRegistry,
    schemaRegistryLogin, schemaRegistryCA, schemaRegistryCertificate, schemaRegistryKey,
    schemaDirectory, drainTimeout, metricsListen,
  ]

  // Archive
  static let archiveDirectory = OptionDeclaration(
    "archive-dir", "DIR", kind: .text,
    "an existing directory for the archives of partitions")
  static let archiveCommand = OptionDeclaration(
    "archive-command", "COMMAND", kind: .text,
    "a shell command that stores an archive elsewhere: %p is its path, %f its name")
  static let restoreCommand = OptionDeclaration(
    "restore-command", "COMMAND", kind: .text,
    "a shell command that fetches %f to the path %p, to check what archive_command has stored")
  static let archiveTimeout = OptionDeclaration(
    "archive-timeout", "N", kind: .integer(1...86_400), default: "3600", unit: "seconds",
    "each of these commands is killed after so long")
  package static let archive = [archiveDirectory, archiveCommand, restoreCommand, archiveTimeout]

  // Maintenance
  static let sessionsRetention = OptionDeclaration(
    "sessions-retention", "N", kind: .integer(1...3650), default: "30", unit: "days",
    "sign-in sessions are removed so long after they expired or were revoked")

  // Audit
  static let scanTimeout = OptionDeclaration(
    "scan-timeout", "N", kind: .integer(1...604_800), default: "1800", unit: "seconds",
    "how long one question of audit and verify-restore may take")

  // What commands that list or change something share
  static let json = OptionDeclaration(
    "json", kind: .toggle, sources: .flag, "print JSON instead of a table")
  static let sort = OptionDeclaration(
    "sort", "COLUMN", kind: .text, sources: .flag,
    "rows in order of this column: text upwards, numbers downwards")
  static let top = OptionDeclaration(
    "top", "N", kind: .integer(1...1_000_000), sources: .flag,
    "only the first N rows; of amounts, without --sort, the largest")
  static let wide = OptionDeclaration(
    "wide", kind: .toggle, sources: .flag,
    "every column in full on a terminal; pipes and files always get them, plain, without totals")
  /// Of a command whose answer is one table.
  static let table = [json, sort, top, wide]
  static let dryRun = OptionDeclaration(
    "dry-run", kind: .toggle, sources: .flag, "print the SQL that would run and change nothing")
  static let yes = OptionDeclaration(
    "yes", kind: .toggle, sources: .flag, "do not ask")

  /// The settings of the environment and the file.
  package static let settings =
    ([config, logLevel, logFormat, databaseURL, adminDatabaseURL, replicaDatabaseURL]
    + [poolerAdminURL, schema]
    + [kafkaBrokers] + ingest + archive + [sessionsRetention, scanTimeout]
    + FinanceOptions.account).filter { $0.sources != .flag }
}
