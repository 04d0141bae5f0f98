// SPDX-License-Identifier: Apache-2.0
import Sysexits
import Telemetry

/// `daybook config show`: what is in force, and why.
enum ConfigShowCommand {
  static let declaration = CommandDeclaration(
    ["config", "show"], "print every setting with its effective value and where it came from",
    options: [Options.json] + Options.kafka + [Options.schema] + Options.ingest,
    details: "Secrets are masked. Nothing is connected to.",
    examples: [
      ("daybook config show --config daybook.conf", "what this file and the environment amount to"),
      ("daybook config show --json", "the same as one JSON object"),
    ], run: run)

  private struct Row {
    let name: String
    let value: String?
    let origin: String
  }

  static func run(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let rows = rows(of: context.settings)
    if context.settings.isOn(Options.json) {
      let members = rows.map { row in
        JSONValue.Member(
          name: row.name,
          value: .object(["value": .optional(row.value), "origin": .string(row.origin)]))
      }
      try context.output.line(JSONValue.object(members).text)
    } else {
      let table = Table(
        [.text("setting"), .text("value"), .text("origin")],
        rows: rows.map { [$0.name, $0.value ?? "", $0.origin] })
      try context.output.write(table.aligned)
    }
    return .success
  }

  private static func rows(of settings: Settings) -> [Row] {
    var rows = Options.settings.map { option in
      let setting = settings.settings[option.name]
      let value = setting?.values.joined(separator: ",")
      return Row(
        name: option.fileKey,
        value: value.map { shown($0, of: option) },
        origin: setting?.origin.description ?? "not set")
    }
    rows += settings.kafkaProperties.map {
      Row(
        name: KafkaProperty.filePrefix + $0.name, value: $0.shownValue,
        origin: $0.origin.description)
    }
    return rows
  }

  /// A connection string keeps its host and database, which a person wants to check; of any other
  /// secret nothing is shown. A command may have a password in it.
  private static func shown(_ value: String, of option: OptionDeclaration) -> String {
    option.sources == .secret && option.valueName != "URI"
      ? Redaction.mask : Redaction.redact(value)
  }
}
