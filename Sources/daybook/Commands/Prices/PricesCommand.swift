// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Postgres
import PriceCatalog
import Pricing
import Sysexits

/// `daybook prices …`: the price catalogue.
enum PricesCommand {
  static let provider = OptionDeclaration(
    "provider", "NAME", kind: .text, sources: .flag, "only this provider, as bedrock or aws.bedrock"
  )
  static let at = OptionDeclaration(
    "at", "TIME", kind: .time, sources: .flag,
    "the prices in force at this time; the default is now")
  static let effectiveFrom = OptionDeclaration(
    "effective-from", "TIME", kind: .time, sources: .flag,
    "first instant of the prices; the default is the start of the present UTC day")
  static let effectiveTo = OptionDeclaration(
    "effective-to", "TIME", kind: .time, sources: .flag,
    "first instant at which they are no longer in force; the default is no end")
  static let reason = OptionDeclaration(
    "reason", "TEXT", kind: .text, sources: .flag, "why, for price_versions")
  static let source = OptionDeclaration(
    "source", "TEXT", kind: .text, sources: .flag,
    "where the prices come from, for price_versions, such as a contract")
  static let tier = OptionDeclaration(
    "tier", "TIER", kind: .text, default: PriceBook.standardTier, sources: .flag,
    "service tier, such as batch, flex, priority")
  static let region = OptionDeclaration(
    "region", "REGION", kind: .text, sources: .flag,
    "for calls that this region served, as eu-west-2, or * for any; the default is every call, but "
      + "where a region has a price by hand")
  static let minInputTokens = OptionDeclaration(
    "min-input-tokens", "N", kind: .integer(0...1_000_000_000), default: "0", sources: .flag,
    "for calls with more input tokens than this")
  static let dryRun = OptionDeclaration(
    "dry-run", kind: .toggle, sources: .flag, "show what would change and change nothing")
  static let month = OptionDeclaration(
    "month", "YYYY-MM", kind: .month, sources: .flag,
    "calls of this month, of the tenant's own billing days; the default is the present one")
  static let from = OptionDeclaration(
    "from", "TIME", kind: .time, sources: .flag, "calls from this time on")
  static let to = OptionDeclaration(
    "to", "TIME", kind: .time, sources: .flag, "calls before this time")
  static let tenant = OptionDeclaration(
    "tenant", "ID", kind: .text, sources: .flag, "only this tenant")
  static let period = [month, from, to]

  static let declarations =
    [PricesImportCommand.declaration] + PricesListCommand.declarations
    + PricesSetCommand.declarations + PricesAliasCommand.declarations
    + PricesProviderCommand.declarations
    + [PricesCheckCommand.declaration, PricesMissingCommand.declaration]

  /// Runs `body` with the catalogue; the connection ends with it. `database` nil: that of the
  /// pooler, for short questions.
  static func withCatalog<Result>(
    _ context: CommandContext, _ database: ConnectionSettings? = nil,
    _ body: (PriceCatalog, inout Connection) throws(PostgresError) -> Result
  ) throws(CommandError) -> Result {
    do throws(PostgresError) {
      var connection = try Connection(database ?? context.database)
      return try body(PriceCatalog(schema: context.schema), &connection)
    } catch {
      throw CommandError(error, wants: "app_finance")
    }
  }

  /// Which spellings of a provider are one, as the catalogue says now.
  static func providers(_ context: CommandContext) throws(CommandError) -> ProviderNames {
    try withCatalog(context) { (catalog, connection) throws(PostgresError) in
      try catalog.providerNames(&connection)
    }
  }

  /// The start of the present UTC day: calls of today that came before have the price too.
  static func firstInstant(_ settings: Settings) -> Timestamp {
    if let given = settings.text(effectiveFrom).flatMap(ValueKind.time) { return given }
    let today = Int64(Timestamp.now().day) * Timestamp.microsecondsPerDay
    return Timestamp(microseconds: today)
  }

  /// The value of --effective-to; nil: for good.
  static func end(_ settings: Settings, after from: Timestamp) throws(CommandError) -> Timestamp? {
    guard let to = settings.text(effectiveTo).flatMap(ValueKind.time) else { return nil }
    guard from < to else {
      throw CommandError(.usage, "--effective-to must lie behind --effective-from (\(from))")
    }
    return to
  }

  static func span(_ settings: Settings) throws(CommandError) -> CallSpan {
    let given = settings.text(month).flatMap { Month($0) }
    let first = settings.text(from).flatMap(ValueKind.time)
    let end = settings.text(to).flatMap(ValueKind.time)
    guard first != nil || end != nil else {
      return CallSpan(billingMonth: given ?? Timestamp.now().month)
    }
    guard given == nil else {
      throw CommandError(.usage, "give --month, or --from and --to, not both")
    }
    guard let first else { throw CommandError(.usage, "--to needs --from") }
    let last = end ?? Timestamp.now().month.next.start
    guard first < last else { throw CommandError(.usage, "--from must lie before --to") }
    return CallSpan(first..<last)
  }

  /// Where a change made by hand comes from; a dry run needs no reason.
  static func manualSource(_ context: CommandContext) throws(CommandError) -> PriceCatalog.Source {
    let why = context.settings.isOn(dryRun) ? nil : try context.requiredReason(reason)
    return PriceCatalog.Source(
      context.settings.text(source) ?? "daybook prices", .manual,
      detail: why.map { JSONValue.object(["reason": .string($0)]).text } ?? "{}")
  }

  /// `PROVIDER/MODEL`; the model may have slashes too.
  static func model(_ operand: String?, _ names: ProviderNames) throws(CommandError) -> PriceModel {
    let text = operand ?? ""
    guard let slash = text.firstIndex(of: "/"), slash != text.startIndex,
      text.index(after: slash) != text.endIndex
    else { throw CommandError(.usage, "\(text): give PROVIDER/MODEL, such as openai/gpt-5") }
    return PriceModel(
      provider: names.canonical(String(text[..<slash])),
      model: String(text[text.index(after: slash)...]))
  }

  static func key(_ context: CommandContext) throws(CommandError) -> PriceKey {
    let names = try providers(context)
    let given = try model(context.operands.first, names)
    // `azure/eu/gpt-5` names its region, as a price list does.
    let name = LiteLLMName(
      key: "\(given.provider)/\(given.model)", provider: given.provider, names)
    return PriceKey(
      name.model,
      region: context.settings.text(region).map(PriceRegion.canonical) ?? name.region,
      serviceTier: ServiceTier.canonical(context.settings.text(tier) ?? ""),
      minInputTokens: Int64(context.settings.integer(minInputTokens)))
  }
}
