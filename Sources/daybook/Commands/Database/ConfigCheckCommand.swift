// SPDX-License-Identifier: Apache-2.0
import Ingest
import Kafka
import Postgres
import Sysexits
import Telemetry

/// `daybook config check`: everything that is wrong with the settings, at once.
enum ConfigCheckCommand {
  private static let command = OptionDeclaration(
    "for", "COMMAND", kind: .text, sources: .flag,
    "what this command would refuse before it connects; the default is any command")

  static let declaration = CommandDeclaration(
    ["config", "check"], "say everything that is wrong with the settings, at once",
    options: [command, Options.json] + Options.kafka + [Options.schema] + Options.ingest
      + Options.archive + [Options.sessionsRetention, Options.scanTimeout],
    details: """
      Reads file, environment and flags as the command does, and the files of secrets. Nothing is
      connected to. Without --for, Kafka counts where kafka_brokers is set. Exit code 78 if there is
      a fault, each on its line with its place.
      """,
    examples: [
      ("daybook config check --config daybook.conf", "before a restart"),
      ("daybook config check --for ingest --config daybook.conf --json", "for a pipeline"),
    ], listsFaults: true, run: run)

  private static func run(_ context: CommandContext) throws(CommandError) -> ExitCode {
    var faults = context.faults
    let names = try commands(context.settings.text(command))
    try check(context, names) { faults.append($0) }
    try write(faults.sorted { line($0) < line($1) }, context)
    return faults.isEmpty ? .success : .configuration
  }

  /// The message, with its place if it does not say it.
  private static func placed(_ fault: SettingFault) -> String {
    let message = fault.error.message
    guard let place = fault.origin?.description, !message.contains(place) else { return message }
    return "\(message) (\(place))"
  }

  /// As they stand in the file; what stands elsewhere comes behind it.
  private static func line(_ fault: SettingFault) -> Int {
    if case .file(_, let line) = fault.origin { line } else { .max }
  }

  private static func write(
    _ faults: [SettingFault], _ context: CommandContext
  ) throws(CommandError) {
    let messages = faults.map { Redaction.redact(placed($0)) }
    if context.wantsJSON {
      let items = zip(faults, messages).map { fault, message in
        JSONValue.object([
          "origin": .optional(fault.origin?.description), "message": .string(message),
        ])
      }
      try context.output.line(
        JSONValue.object(["ok": .boolean(faults.isEmpty), "faults": .array(items)]).text)
    } else {
      for message in messages { try context.output.line(message) }
      if faults.isEmpty { try context.output.line("nothing is wrong with the settings") }
    }
  }

  /// All, or those whose name begins so.
  private static func commands(_ name: String?) throws(CommandError) -> [CommandDeclaration]? {
    guard let name else { return nil }
    let words = name.split(separator: " ").map(String.init)
    let found = Commands.all.filter { $0.path.starts(with: words) }
    guard !words.isEmpty, !found.isEmpty else {
      let hint = Suggestion.hint(for: name, among: Commands.all.map(\.name))
      throw CommandError(.usage, "unknown command \(name)\(hint): see daybook help")
    }
    return found
  }

  /// What the commands make of the settings themselves; nil: all commands.
  private static func check(
    _ context: CommandContext, _ commands: [CommandDeclaration]?,
    _ report: (SettingFault) -> Void
  ) throws(CommandError) {
    func takes(_ option: OptionDeclaration) -> Bool {
      commands?.contains { $0.options.contains { $0.name == option.name } } ?? true
    }
    let settings = context.settings
    for option in [Options.databaseURL, Options.adminDatabaseURL, Options.replicaDatabaseURL]
    where takes(option) {
      guard let setting = settings.settings[option.name], let text = setting.values.last
      else { continue }
      collect(report, at: setting.origin) { () throws(CommandError) in
        do throws(PostgresError) { _ = try ConnectionString(text) } catch {
          throw CommandError(
            .configuration, "\(option.fileKey) (\(setting.origin)): \(error.description)")
        }
      }
    }
    if takes(Options.archiveCommand) {
      collect(report, at: settings.settings[Options.archiveCommand.name]?.origin) {
        () throws(CommandError) in _ = try context.archiveShipment
      }
    }
    if takes(Options.schemaRegistry) {
      collect(report) { () throws(CommandError) in _ = try context.schemas() }
    }
    let usesKafka = commands == nil ? settings.text(Options.kafkaBrokers) != nil : true
    guard takes(Options.kafkaBrokers), usesKafka else { return }
    checkKafka(context, report)
    if takes(Options.batchRows) { checkIngest(context, report) }
  }

  private static func checkKafka(_ context: CommandContext, _ report: (SettingFault) -> Void) {
    collect(report) { () throws(CommandError) in _ = try context.kafkaClient(report: report) }
    for property in context.settings.kafkaProperties
    where PropertyRules.refusal(of: property.name) == nil {
      guard let message = complaint(about: property) else { continue }
      report(SettingFault(CommandError(.configuration, message), at: property.origin))
    }
  }

  private static func complaint(about property: KafkaProperty) -> String? {
    guard PropertyRules.isKnown(property.name) else {
      let hint = Suggestion.hint(for: property.name, among: PropertyRules.known)
      return "kafka property \(property.name)\(hint) (\(property.origin)) is not known to "
        + "librdkafka: correct the name"
    }
    return PropertyRules.complaint(about: property.name, property.value)
      .map { "\($0) (\(property.origin))" }
  }

  private static func checkIngest(_ context: CommandContext, _ report: (SettingFault) -> Void) {
    collect(report) { () throws(CommandError) in
      _ = try IngestCommand.sources(context.settings, report: report)
    }
    // What was reported above is not said again: this is about settings that contradict each other.
    guard let settings = try? IngestCommand.settings(of: context),
      let contradiction = settings.contradiction
    else { return }
    report(SettingFault(CommandError(.configuration, contradiction)))
  }

  private static func collect(
    _ report: (SettingFault) -> Void, at origin: Origin? = nil,
    _ body: () throws(CommandError) -> Void
  ) {
    do throws(CommandError) { try body() } catch { report(SettingFault(error, at: origin)) }
  }
}
