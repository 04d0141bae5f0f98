// SPDX-License-Identifier: Apache-2.0
import Doctor
import Ingest
import Kafka
import Migrations
import Postgres
import Telemetry
import Upkeep

/// Goes to everything that the settings name; what cannot be reached or asked is a finding too.
struct DoctorVisit {
  private let context: CommandContext
  private var client = ClientFacts()
  private var isSchemaFit = false
  private(set) var diagnosis: Diagnosis

  init(_ context: CommandContext, accepting accepted: Set<String>) {
    self.context = context
    diagnosis = Diagnosis(accepting: accepted)
  }

  mutating func look() throws(CommandError) {
    try lookAtSettings()
    visit(Options.databaseURL.fileKey) { (visit) throws(CommandError) in try visit.lookAtLogin() }
    visit(Options.adminDatabaseURL.fileKey) { (visit) throws(CommandError) in
      try visit.lookAtServer()
    }
    if context.settings.text(Options.replicaDatabaseURL) == nil {
      diagnosis.skip("a replica", because: "replica_database_url is not set")
    } else {
      visit(Options.replicaDatabaseURL.fileKey) { (visit) throws(CommandError) in
        try visit.lookAtReplica()
      }
    }
    if let conninfo = context.settings.text(Options.poolerAdminURL) {
      visit(Options.poolerAdminURL.fileKey) { (visit) throws(CommandError) in
        try visit.lookAtPooler(conninfo)
      }
    } else {
      diagnosis.skip("PgBouncer", because: "pooler_admin_url is not set")
    }
    if let brokers = context.settings.text(Options.kafkaBrokers) {
      visit(Options.kafkaBrokers.fileKey) { (visit) throws(CommandError) in
        try visit.lookAtTopics(brokers)
      }
    } else {
      diagnosis.skip("topics and the settings of ingest", because: "kafka_brokers is not set")
    }
    diagnosis.look(at: client)
  }

  /// What one server hinders hides nothing of the others.
  private mutating func visit(
    _ setting: String, _ body: (inout DoctorVisit) throws(CommandError) -> Void
  ) {
    do throws(CommandError) {
      try body(&self)
      diagnosis.add([])
    } catch {
      diagnosis.add([
        Finding(
          Diagnosis.reachCheck, .problem, what: "\(setting): \(error.message)",
          why: "nothing more can be said of what is there",
          remedy: "mend the way there, or \(setting), and call the doctor again")
      ])
    }
  }

  /// What is wrong with the arguments themselves is no finding.
  private mutating func lookAtSettings() throws(CommandError) {
    guard context.settings.text(Options.kafkaBrokers) != nil else { return }
    let contradiction = try IngestCommand.settings(of: context).contradiction
    diagnosis.add(
      contradiction.map {
        [
          Finding(
            Diagnosis.settingsCheck, .problem, what: $0, why: "daybook ingest does not start",
            remedy: "daybook config show says where each value comes from")
        ]
      } ?? [])
  }

  /// As `daybook ingest` would look before it starts; what it makes itself is not missed, and of
  /// the encoding `postgres.encoding` speaks.
  private mutating func lookAtLogin() throws(CommandError) {
    let differences: [SchemaDifference]
    do throws(PostgresError) {
      var connection = try Connection(context.database)
      client.add(Options.databaseURL.fileKey, connection)
      diagnosis.look(at: try LoginFacts(schema: context.schema, &connection))
      differences = try IngestPreflight.differences(schema: context.schema, &connection)
    } catch {
      throw CommandError(error)
    }
    diagnosis.add(
      differences.filter { !$0.isMissingPartition && !$0.isEncoding }.map {
        Finding(
          Diagnosis.schemaCheck, $0.isWarning ? .warning : .problem, what: "\($0)",
          why: $0.isWarning
            ? "the database is not what this release has loaded" : "daybook ingest does not start",
          remedy: "daybook migrate status")
      })
    isSchemaFit = !differences.contains(where: \.hidesOthers)
  }

  private mutating func lookAtServer() throws(CommandError) {
    do throws(PostgresError) {
      var connection = try Connection(context.adminDatabase)
      client.add(Options.adminDatabaseURL.fileKey, connection)
      let facts = try ServerFacts(
        schema: context.schema, &connection, hostSeconds: WallClock.unixSeconds)
      diagnosis.look(at: facts)
      if !facts.areAllSettingsSeen {
        diagnosis.skip(
          "shared_preload_libraries and other people's transactions",
          because: "the login of admin_database_url is no member of pg_monitor")
      }
      for question in CatalogueQuestion.all {
        diagnosis.add(try question.findings(schema: context.schema, &connection))
      }
    } catch {
      throw CommandError(error)
    }
    guard isSchemaFit else {
      return diagnosis.skip("the partitions", because: "the schema does not fit")
    }
    try lookAtPartitions()
  }

  private mutating func lookAtPartitions() throws(CommandError) {
    do throws(PostgresError) {
      var connection = try Connection(context.adminDatabase)
      diagnosis.add(
        try CatalogueQuestion.droppedGuardsOfRetired(in: context.schema)
          .findings(schema: context.schema, &connection))
    } catch {
      throw CommandError(error)
    }
    let (now, sets) = try context.partitionSets(context.adminDatabase, of: nil)
    diagnosis.add(
      context.plan(sets, now).findings.map {
        Finding(
          Diagnosis.partitionsCheck, .problem, what: "\($0)",
          why: "months are not made, kept or dropped as they should be",
          remedy: "daybook partitions plan")
      })
  }

  private mutating func lookAtReplica() throws(CommandError) {
    do throws(PostgresError) {
      var connection = try Connection(context.replicaDatabase)
      client.add(Options.replicaDatabaseURL.fileKey, connection)
      diagnosis.look(at: try ReplicaFacts(&connection))
    } catch {
      throw CommandError(error)
    }
  }

  private mutating func lookAtPooler(_ conninfo: String) throws(CommandError) {
    do throws(PostgresError) {
      var connection = try Connection(
        ConnectionSettings(conninfo: conninfo, applicationName: "daybook"))
      client.add(Options.poolerAdminURL.fileKey, connection)
      diagnosis.look(at: try PoolerFacts(&connection))
    } catch {
      throw CommandError(error)
    }
  }

  private static let brokerMilliseconds: Int32 = 10_000

  private mutating func lookAtTopics(_ brokers: String) throws(CommandError) {
    client.add(brokers: brokers, properties: context.kafkaOverrides)
    let sources = try IngestCommand.sources(context.settings)
    let settings = try context.kafkaClient()
    let workerCount = context.settings.integer(Options.workers)
    do throws(KafkaError) {
      let found = try Admin(settings: settings).describe(
        sources.map(\.topic), timeoutMilliseconds: Self.brokerMilliseconds)
      diagnosis.look(
        at: sources.map {
          TopicFacts(
            name: $0.topic, areGapsAllowed: !$0.isContiguous, description: found[$0.topic],
            workerCount: workerCount)
        })
    } catch {
      throw CommandError(error)
    }
  }
}
