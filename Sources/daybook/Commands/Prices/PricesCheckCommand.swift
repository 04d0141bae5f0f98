// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Postgres
import PriceCatalog
import Pricing
import Sysexits

/// `daybook prices check`: what producers say against what the catalogue says.
enum PricesCheckCommand {
  private static let maxDifference = OptionDeclaration(
    "max-difference", "PERCENT", kind: .text, sources: .flag,
    "exit 1 when a line differs by more than this share of its producers' sum, or if no call can be "
      + "compared")

  static let declaration = CommandDeclaration(
    ["prices", "check"], "compare the costs that producers sent with the catalogue",
    options: PricesCommand.period + [PricesCommand.tenant, maxDifference] + Options.table
      + [Options.adminDatabaseURL] + Options.database,
    details: """
      Reads every call of the period whose producer sent a cost, prices it with the price in force
      at that time, and adds both sums by provider, model, tier and currency. Calls that do
      not say their tokens, or that the catalogue cannot price in the producer's currency, are counted
      apart and are in neither sum.
      Changes nothing. Wants a login in app_finance.
      """,
    examples: [
      ("daybook prices check --month 2026-07", "a month"),
      ("daybook prices check --max-difference 0.5", "as a check in cron: exit 1 above 0.5 %"),
    ], run: run)

  private static func run(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let span = try PricesCommand.span(context.settings)
    let limit = try limit(context.settings)
    let tenant = context.settings.text(PricesCommand.tenant)
    let progress = Progress("pricing calls", unit: "calls")
    progress.begin()
    defer { progress.finish() }
    let lines = try PricesCommand.withCatalog(context, context.adminDatabase) {
      (catalog, connection) throws(PostgresError) in
      let book = try catalog.load(&connection)
      return try catalog.compare(&connection, book, span, tenant: tenant) {
        progress.update($0, of: nil)
      }
    }
    progress.finish()
    if lines.isEmpty { try context.requireTenant(context.settings.text(PricesCommand.tenant)) }
    try context.list(Table(columns, rows: lines.map(cells)), json: lines.map(json))
    guard let limit, !lines.isEmpty else { return .success }
    guard lines.contains(where: { $0.calls > 0 }) else {
      context.say("not one call could be compared: see daybook prices missing, and prices list")
      return .checkFailed
    }
    let beyond = lines.filter { $0.exceeds(limit) }
    guard !beyond.isEmpty else { return .success }
    context.say(
      "\(beyond.count) of \(lines.count) lines differ by more than "
        + "\(context.settings.text(maxDifference) ?? "") %: look at daybook prices show MODEL")
    return .checkFailed
  }

  /// Percent as an exact amount.
  private static func limit(_ settings: Settings) throws(CommandError) -> Amount? {
    guard let text = settings.text(maxDifference) else { return nil }
    guard let limit = Amount(text), limit >= .zero else {
      throw CommandError(.usage, "--max-difference \(text): give a number such as 0.5")
    }
    return limit
  }

  private static let columns: [TableColumn] = [
    .text("provider"), .text("model"), .text("tier"), .text("currency"), .number("calls"),
    .number("producer"), .number("catalogue"), .number("difference"), .number("percent"),
    .number("worst_call"), .text("worst_invocation"), .number("not_priced"),
  ]

  private static func cells(_ line: PriceComparison.Line) -> [String?] {
    [
      line.key.provider, line.key.model, line.key.serviceTier, line.key.currency,
      String(line.calls), line.producer.description, line.catalogue.description,
      line.difference.description, percent(line), line.worst.description, line.worstInvocation,
      String(line.notPriced),
    ]
  }

  private static func percent(_ line: PriceComparison.Line) -> String {
    PriceRateChange.percent(line.difference.units, of: line.producer.units)
  }

  private static func json(_ line: PriceComparison.Line) -> JSONValue {
    .object([
      "provider": .string(line.key.provider), "model": .string(line.key.model),
      "service_tier": .string(line.key.serviceTier), "currency": .string(line.key.currency),
      "calls": .integer(line.calls), "producer_cost": .string(line.producer.description),
      "catalogue_cost": .string(line.catalogue.description),
      "difference": .string(line.difference.description), "percent": .string(percent(line)),
      "worst_difference": .string(line.worst.description),
      "worst_invocation_id": .optional(line.worstInvocation),
      "not_priced": .integer(line.notPriced),
    ])
  }
}
