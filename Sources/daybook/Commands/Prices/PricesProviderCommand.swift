// SPDX-License-Identifier: Apache-2.0
import Postgres
import PriceCatalog
import Pricing
import Sysexits

/// `daybook prices provider set|list|remove`: which spellings of a provider are one.
enum PricesProviderCommand {
  private static let options =
    [PricesCommand.source, PricesCommand.reason, PricesCommand.dryRun, Options.json]
    + Options.database

  static let declarations = [
    CommandDeclaration(
      ["prices", "provider", "set"], "let another spelling mean a provider",
      operands: "ALIAS PROVIDER", count: 2...2, options: options,
      details: """
        Records that come from then on are stored, priced and added up under PROVIDER, and price lists
        are imported under it. What is stored already keeps its name: rows and rollups do not change,
        and a redelivery is still a duplicate. Case does not matter; an ALIAS that ends in * stands for
        every name that begins so. PROVIDER is no alias itself, and ALIAS has no prices. Workers know
        it within 5 seconds. Wants a login in app_finance.
        """,
      examples: [
        (
          "daybook prices provider set llm-gateway openai --reason 'our proxy'",
          "calls that name the gateway are calls of openai"
        )
      ], run: set),
    CommandDeclaration(
      ["prices", "provider", "list"], "list the spellings of providers",
      options: [Options.json] + Options.database,
      examples: [("daybook prices provider list", "those that count")], run: list),
    CommandDeclaration(
      ["prices", "provider", "remove"], "let a spelling be a provider of its own again",
      operands: "ALIAS", count: 1...1, options: options,
      examples: [
        ("daybook prices provider remove google --reason 'billed apart'", "one of those shipped")
      ], run: remove),
  ]

  private static func set(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let alias = try name(context.operands.first, "ALIAS")
    let provider = try name(context.operands.last, "PROVIDER")
    guard alias != provider else { throw CommandError(.usage, "\(alias) means itself already") }
    let found = ProviderAlias(alias: alias, provider: provider)
    return try apply(context, ProviderAliasChange(set: found), "\(alias) means \(provider)")
  }

  private static func remove(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let alias = try name(context.operands.first, "ALIAS")
    let known = try PricesCommand.providers(context).aliases.map(\.alias)
    guard known.contains(alias) else {
      let hint = Suggestion.hint(for: alias, among: known)
      throw CommandError(.noInput, "there is no alias \(alias)\(hint): see prices provider list")
    }
    return try apply(
      context, ProviderAliasChange(remove: alias), "\(alias) is a provider of its own")
  }

  private static func list(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let aliases = try PricesCommand.providers(context).aliases.sorted {
      ($0.provider, $0.alias) < ($1.provider, $1.alias)
    }
    try context.list(
      Table([.text("alias"), .text("provider")], rows: aliases.map { [$0.alias, $0.provider] }),
      json: aliases.map {
        .object(["alias": .string($0.alias), "provider": .string($0.provider)])
      })
    return .success
  }

  private static func apply(
    _ context: CommandContext, _ change: ProviderAliasChange, _ words: String
  ) throws(CommandError) -> ExitCode {
    let isDryRun = context.settings.isOn(PricesCommand.dryRun)
    let source = try PricesCommand.manualSource(context)
    let entered = try PricesCommand.withCatalog(context) {
      (catalog, connection) throws(PostgresError) -> Result<Int64, PostgresError> in
      let version = try catalog.version(&connection)
      guard !isDryRun else { return .success(version) }
      do throws(PostgresError) {
        return .success(
          try catalog.changeProviders(
            &connection, expectedVersion: version, source: source, [change]))
      } catch {
        guard error.sqlState == .invalidParameterValue else { throw error }
        return .failure(error)
      }
    }
    let version: Int64
    do throws(PostgresError) { version = try entered.get() } catch {
      throw CommandError(
        .usage,
        "\(error.message): give a provider that is no alias, and end the prices of an alias first")
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

  /// In lower case, as the table has it.
  private static func name(_ operand: String?, _ what: String) throws(CommandError) -> String {
    let text = (operand ?? "").lowercased()
    guard (1...64).contains(text.unicodeScalars.count), text != "*" else {
      throw CommandError(.usage, "\(what) has 1 to 64 characters")
    }
    return text
  }
}
