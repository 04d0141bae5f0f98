// SPDX-License-Identifier: Apache-2.0
import Postgres
import PriceCatalog
import Pricing
import Sysexits

/// `daybook prices alias set|list|remove`.
enum PricesAliasCommand {
  /// A pattern is matched in time linear in name and pattern, so this is for readers.
  private static let patternBytesMax = 256
  private static let recordProvider = OptionDeclaration(
    "provider", "NAME", kind: .text, sources: .flag,
    "only for records of this provider; the default is every provider")

  static let declarations = [
    CommandDeclaration(
      ["prices", "alias", "set"], "give a priced model another name",
      operands: "PATTERN [PROVIDER/]MODEL", count: 2...2,
      options: [
        recordProvider, PricesCommand.source, PricesCommand.reason, PricesCommand.dryRun,
        Options.json,
      ] + Options.database,
      details: """
        In PATTERN * stands for any characters. A model with a price of its own is not looked up
        here; an exact name goes before patterns, a longer pattern before a shorter one. Without
        PROVIDER/ the price is that of the record's own provider. A day at the end of a model's name
        (-2026-08-21, -20260821, @20260821) needs no alias. Where MODEL contains slashes, write the
        provider in front of it. Wants a login in app_finance.
        """,
      examples: [
        (
          "daybook prices alias set 'ft:gpt-4o:*' openai/gpt-4o --provider openai --reason 'as base'",
          "fine-tuned models at the price of their base"
        )
      ], run: set),
    CommandDeclaration(
      ["prices", "alias", "list"], "list other names of priced models",
      options: Options.table + Options.database,
      examples: [("daybook prices alias list", "those that count")], run: list),
    CommandDeclaration(
      ["prices", "alias", "remove"], "take another name away", operands: "PATTERN", count: 1...1,
      options: [
        recordProvider, PricesCommand.source, PricesCommand.reason, PricesCommand.dryRun,
        Options.json,
      ] + Options.database,
      examples: [
        ("daybook prices alias remove 'ft:gpt-4o:*' --provider openai --reason 'priced now'", "one")
      ], run: remove),
  ]

  private static func set(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let pattern = try pattern(context)
    let names = try PricesCommand.providers(context)
    let provider = provider(context, names)
    let target = context.operands.last ?? ""
    guard !target.isEmpty else {
      throw CommandError(.usage, "MODEL is empty: give [PROVIDER/]MODEL")
    }
    var alias = PriceAlias(provider: provider, pattern: pattern, targetModel: target)
    if let named = try? PricesCommand.model(target, names) {
      alias.targetProvider = named.provider
      alias.targetModel = named.model
    }
    let (hasPrice, known) = try PricesCommand.withCatalog(context) {
      (catalog, connection) throws(PostgresError) in
      let entries = try catalog.entries(&connection, asOf: try catalog.version(&connection))
      let isKnown = entries.contains {
        $0.model == alias.targetModel
          && (alias.targetProvider.isEmpty || alias.targetProvider == $0.provider)
      }
      return (isKnown, isKnown ? [] : Array(Set(entries.map(\.model))))
    }
    if !hasPrice {
      let hint = Suggestion.hint(for: alias.targetModel, among: known)
      context.say("note: the catalogue has no price of \(target)\(hint): it stays without one")
    }
    return try apply(
      context, PriceAliasChange(set: alias),
      "\(pattern) of \(provider.isEmpty ? "every provider" : provider) has the price of \(target)")
  }

  private static func remove(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let pattern = try pattern(context)
    let provider = provider(context, try PricesCommand.providers(context))
    let aliases = try aliases(context)
    guard aliases.contains(where: { $0.pattern == pattern && $0.provider == provider }) else {
      let hint = Suggestion.hint(for: pattern, among: aliases.map(\.pattern))
      throw CommandError(
        .noInput, "there is no alias \(pattern)\(hint) for that provider: see prices alias list")
    }
    return try apply(
      context, PriceAliasChange(removePattern: pattern, provider: provider),
      "\(pattern) is no alias any more")
  }

  private static func list(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let aliases = try aliases(context).sorted {
      ($0.provider, $0.pattern) < ($1.provider, $1.pattern)
    }
    let table = Table(
      [.text("provider"), .text("pattern"), .text("target_provider"), .text("target_model")],
      rows: aliases.map { [$0.provider, $0.pattern, $0.targetProvider, $0.targetModel] })
    try context.list(
      table,
      json: aliases.map {
        .object([
          "provider": .string($0.provider), "pattern": .string($0.pattern),
          "target_provider": .string($0.targetProvider), "target_model": .string($0.targetModel),
        ])
      })
    return .success
  }

  private static func aliases(_ context: CommandContext) throws(CommandError) -> [PriceAlias] {
    try PricesCommand.withCatalog(context) { (catalog, connection) throws(PostgresError) in
      try catalog.aliases(&connection, asOf: try catalog.version(&connection))
    }
  }

  private static func apply(
    _ context: CommandContext, _ change: PriceAliasChange, _ words: String
  ) throws(CommandError) -> ExitCode {
    let isDryRun = context.settings.isOn(PricesCommand.dryRun)
    let source = try PricesCommand.manualSource(context)
    let version = try PricesCommand.withCatalog(context) {
      (catalog, connection) throws(PostgresError) in
      let version = try catalog.version(&connection)
      return isDryRun
        ? version
        : try catalog.change(
          &connection, expectedVersion: version, source: source, aliases: [change])
    }
    if context.wantsJSON {
      try context.output.line(
        JSONValue.object(["dry_run": .boolean(isDryRun), "version": .integer(version)]).text)
    } else {
      try context.output.line(words)
      try context.output.line(
        isDryRun ? "nothing was changed" : "the catalogue is at version \(version)")
    }
    return .success
  }

  private static func provider(_ context: CommandContext, _ names: ProviderNames) -> String {
    context.settings.text(recordProvider).map(names.canonical) ?? ""
  }

  private static func pattern(_ context: CommandContext) throws(CommandError) -> String {
    let pattern = context.operands.first ?? ""
    guard !pattern.isEmpty, pattern.utf8.count <= patternBytesMax else {
      throw CommandError(.usage, "PATTERN has 1 to \(patternBytesMax) bytes")
    }
    return pattern
  }
}
