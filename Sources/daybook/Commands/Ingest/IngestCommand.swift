// SPDX-License-Identifier: Apache-2.0
import Ingest
import Kafka
import Records
import SchemaRegistry
import Sysexits
import Telemetry

/// `daybook ingest`: Kafka to PostgreSQL, until a stop is asked for or (`--until-end`) everything
/// is stored.
enum IngestCommand {
  static let declaration = CommandDeclaration(
    ["ingest"], "store records from Kafka in PostgreSQL, exactly once",
    options: Options.ingest + Options.kafka + Options.database,
    details: """
      SIGTERM or SIGINT ends it: the open batch is finished or dropped within --drain-timeout, and
      the exit code is 0. A second one ends it at once. SIGHUP reads the settings again: the log,
      the limits of batches, reject_ratio_max and Kafka's user and password are in use at once, and
      what else was changed is named; on a terminal, which sends it when it is closed, it ends it
      too. Offsets are kept in the database; Kafka's committed offsets are for lag displays only.
      """,
    examples: [
      (
        "daybook ingest --kafka-brokers kafka:9092 --workers 2",
        "both streams from their default topics"
      ),
      (
        "daybook ingest --topic ai.calls.v2=invocations --until-end",
        "one topic, up to its present end"
      ),
      (
        "daybook ingest --topic otlp_spans=invocations:otlp",
        "what an OpenTelemetry Collector sends, by the profile otlp"
      ),
      (
        "daybook ingest -X security.protocol=SASL_SSL -X sasl.username=daybook",
        "with the password in DAYBOOK_KAFKA_SASL_PASSWORD"
      ),
    ], run: run)

  private static func run(_ context: CommandContext) throws(CommandError) -> ExitCode {
    var settings = try consistentSettings(of: context)
    let health = Health()
    let registry = try schemas(context, health, into: &settings)
    let ingester = Ingester(settings, health: health)
    let manager = context.serviceManager
    let live = Reload.Live(names: liveNames) { again throws(CommandError) in
      ingester.adjust(to: try consistentSettings(of: again))
    }
    // Before the first question: it may wait for half a minute, and a stop is orderly then, too.
    let signals = StopSignals(onReload: { Reload.run(context, live) }) {
      health.stop()
      manager.stopping()
      ingester.requestStop()
    }
    try IngestPreflight.check(settings) { ingester.isStopRequested }
    let server = try startServer(context, health)
    let certificates = CertificateWatch(CertificateWatch.files(context, settings.database))
    registry?.start()
    defer { registry?.stop() }
    let watch = ServiceWatch(manager, health) { ServiceStatus.ingest(health) }
    Log.info(
      "ingest starts",
      [
        "version": LogValue(Daybook.version), "workers": LogValue(settings.workerCount),
        "topics": LogValue(settings.sources.map(\.topic).joined(separator: ",")),
      ])
    do throws(IngestError) {
      try ingester.run { manager.ready() }
    } catch {
      throw CommandError(error)
    }
    signals.finish()
    withExtendedLifetime((server, watch, certificates)) {}
    return .success
  }

  /// What a running ingest takes over.
  private static let liveNames =
    [
      Options.batchRows, Options.batchRowsEarly, Options.batchBytes, Options.batchAge,
      Options.rejectRatioMax,
    ].map(\.name) + ClientSettings.credentialNames

  private static func consistentSettings(
    of context: CommandContext
  ) throws(CommandError) -> IngestSettings {
    let settings = try settings(of: context)
    if let contradiction = settings.contradiction {
      throw CommandError(.configuration, contradiction)
    }
    return settings
  }

  static func settings(of context: CommandContext) throws(CommandError) -> IngestSettings {
    let given = context.settings
    var result = IngestSettings(
      sources: try sources(given), kafka: try context.kafkaConsumer(),
      database: context.database(for: "ingest"))
    result.schema = context.schema
    result.workerCount = given.integer(Options.workers)
    result.untilEnd = given.isOn(Options.untilEnd)
    result.limits.recordCountMax = given.integer(Options.batchRows)
    result.limits.recordCountMin = given.integer(Options.batchRowsEarly)
    result.limits.byteCountMax = given.integer(Options.batchBytes)
    result.limits.ageMillisecondsMax = given.integer(Options.batchAge)
    result.rejectRatioMax = given.fraction(Options.rejectRatioMax)
    result.isStrict = given.isOn(Options.strict)
    result.shutdownDeadlineSeconds = given.integer(Options.drainTimeout)
    return result
  }

  /// Where the schemas of framed records come from; a registry is asked by a thread of its own.
  private static func schemas(
    _ context: CommandContext, _ health: Health, into settings: inout IngestSettings
  ) throws(CommandError) -> RegistrySchemas? {
    switch try context.schemas() {
    case .none: return nil
    case .directory(let path):
      settings.schemas = SchemaDirectory(path)
      return nil
    case .registry(let given):
      let registry = RegistrySchemas(given, health: health)
      settings.schemas = registry
      return registry
    }
  }

  /// `--topic NAME=TABLE …`, or each stream's own topic.
  static func sources(
    _ settings: Settings, report: SettingFault.Report = SettingFault.end
  ) throws(CommandError) -> [IngestSettings.Source] {
    let gapped = Set(settings.values(Options.gapsAllowed))
    let keys = try keyMeanings(settings, report)
    let shelf = try CommandContext.profiles(settings)
    var sources: [IngestSettings.Source] = []
    for text in settings.values(Options.topic) {
      guard let (topic, table) = ValueKind.assignment(text) else { continue }
      do throws(CommandError) {
        let (stream, profile) = try target(table, shelf)
        guard !sources.contains(where: { $0.topic == topic }) else {
          throw CommandError(.usage, "topic \(topic) is given twice: give it once")
        }
        sources.append(.init(topic: topic, stream: stream, profile: profile))
      } catch {
        try report(SettingFault(error, at: settings.settings[Options.topic.name]?.origin))
      }
    }
    if sources.isEmpty { sources = Stream.all.map { .init(topic: $0.topic, stream: $0) } }
    for (option, topics) in [(Options.gapsAllowed, gapped), (Options.recordKey, Set(keys.keys))] {
      for topic in topics where !sources.contains(where: { $0.topic == topic }) {
        let message = "\(option.name) names topic \(topic), which is not read: correct the name"
        try report(
          SettingFault(
            CommandError(.configuration, message), at: settings.settings[option.name]?.origin))
      }
    }
    return sources.map { source in
      var source = source
      source.isContiguous = !gapped.contains(source.topic)
      source.keyMeaning = keys[source.topic] ?? source.profile?.keyMeaning ?? .compare
      return source
    }
  }

  /// `TABLE` or `TABLE:PROFILE`; the profile is nil for Daybook's own contract.
  static func target(
    _ text: String, _ shelf: ProfileShelf
  ) throws(CommandError) -> (Stream, Profile?) {
    let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
    let stream = try stream(named: parts.first ?? text)
    guard parts.count > 1, parts[1] != Profile.own else { return (stream, nil) }
    let profile = try CommandContext.profile(parts[1], shelf)
    guard profile.table == stream.table else {
      throw CommandError(
        .usage,
        "profile \(profile.name) fills \(profile.table), not \(stream.table): name that table")
    }
    return (stream, profile)
  }

  /// By topic.
  private static func keyMeanings(
    _ settings: Settings, _ report: SettingFault.Report
  ) throws(CommandError) -> [String: KeyMeaning] {
    var meanings: [String: KeyMeaning] = [:]
    for text in settings.values(Options.recordKey) {
      guard let (topic, word) = ValueKind.assignment(text) else { continue }
      let words = KeyMeaning.allCases.map(\.rawValue).joined(separator: ", ")
      var complaint: String?
      if let meaning = KeyMeaning(rawValue: word) {
        if meanings.updateValue(meaning, forKey: topic) != nil {
          complaint = "names topic \(topic) twice: name it once"
        }
      } else {
        complaint = "\(text): give one of \(words)"
      }
      guard let complaint else { continue }
      try report(
        SettingFault(
          CommandError(.configuration, "\(Options.recordKey.name) \(complaint)"),
          at: settings.settings[Options.recordKey.name]?.origin))
    }
    return meanings
  }

  static func stream(named table: String) throws(CommandError) -> Stream {
    if let stream = Stream.named(table) { return stream }
    let tables = Stream.all.map(\.table)
    let hint = Suggestion.hint(for: table, among: tables)
    throw CommandError(
      .usage, "unknown table \(table)\(hint): give one of " + tables.joined(separator: ", "))
  }

  static func startServer(
    _ context: CommandContext, _ health: Health
  ) throws(CommandError) -> MetricsServer? {
    Metrics.buildInfo.set(1, [Daybook.version, swiftVersion, "\(LibraryVersion.loaded)"])
    guard let address = context.settings.text(Options.metricsListen).flatMap(ListenAddress.init)
    else { return nil }
    do throws(MetricsServerError) {
      let server = try MetricsServer(address: address, health: health)
      Log.info("metrics are served", ["address": LogValue(server.address.description)])
      return server
    } catch {
      throw CommandError(error)
    }
  }

  private static var swiftVersion: String {
    #if compiler(>=6.3)
      "6.3"
    #else
      "6.2"
    #endif
  }
}
