// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Postgres
import PriceCatalog
import Pricing
import Records
import Sysexits

/// `daybook prices missing`: calls without a cost, and what the catalogue lacks for them.
enum PricesMissingCommand {
  /// A name is sought for the first rows only, those with the most calls: each is compared with the
  /// names of a provider.
  private static let hintRowsMax = 50

  static let declaration = CommandDeclaration(
    ["prices", "missing"], "list the models of calls that have no cost",
    options: PricesCommand.period + [PricesCommand.tenant] + Options.table
      + [Options.adminDatabaseURL] + Options.database,
    details: """
      The reason is what the catalogue says now: unknown_model, no_price_in_force (at that time),
      no_rate (for a kind of token that was used), out_of_range, no_usage (the calls do not say their
      tokens: no price helps), or priced: the price is there, and daybook reprice gives the calls
      their cost. Nearest is a priced model of the same family and version, or of the same first
      number of it; a model of another one is never named, for its price would mislead.
      Wants a login in app_finance.
      """,
    examples: [("daybook prices missing --month 2026-07", "a month")], run: run)

  private static func run(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let span = try PricesCommand.span(context.settings)
    let tenant = context.settings.text(PricesCommand.tenant)
    let (found, book) = try PricesCommand.withCatalog(context, context.adminDatabase) {
      (catalog, connection) throws(PostgresError) in
      let book = try catalog.load(&connection)
      return (try catalog.missing(&connection, book, span, tenant: tenant), book)
    }
    if found.isEmpty { try context.requireTenant(tenant) }
    let hints = hints(found, book)
    let table = Table(
      [
        .text("provider"), .text("response_model"), .text("request_model"), .text("region"),
        .text("tier"),
        .number("calls"), .number("tokens"), .text("first_seen"), .text("last_seen"),
        .text("reason"), .text("nearest"),
      ],
      rows: zip(found, hints).map { row, hint in
        [
          row.provider, row.responseModel, row.requestModel, row.region, row.serviceTier,
          String(row.calls), row.tokens, row.firstSeen.description, row.lastSeen.description,
          reason(row), hint,
        ]
      })
    try context.list(
      table,
      json: zip(found, hints).map { row, hint in
        .object([
          "provider": .string(row.provider), "region": .optional(row.region),
          "response_model": .optional(row.responseModel),
          "request_model": .string(row.requestModel), "service_tier": .string(row.serviceTier),
          "calls": .integer(row.calls), "tokens": .string(row.tokens),
          "first_seen": .string(row.firstSeen.description),
          "last_seen": .string(row.lastSeen.description), "reason": .string(reason(row)),
          "nearest": .optional(hint),
        ])
      })
    return .success
  }

  private static func reason(_ row: MissingPrice) -> String {
    switch row.reason {
    case .noUsage: PricingVerdict.noUsageReason
    case .unpriced(let reason): reason.rawValue
    case .priced: "priced"
    }
  }

  /// Beside each row a priced model of the same family and version.
  private static func hints(_ rows: [MissingPrice], _ book: PriceBook) -> [String?] {
    let neighbours = PriceNeighbours(book)
    return rows.enumerated().map { index, row in
      guard index < hintRowsMax, row.reason == .unpriced(.unknownModel) else { return nil }
      return neighbours.nearest(
        provider: row.provider, model: row.responseModel ?? row.requestModel)
    }
  }
}
