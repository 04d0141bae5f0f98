// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Postgres
import PriceCatalog
import Pricing

/// `daybook prices missing`: calls without a cost, and what the catalogue lacks for them.
enum PricesMissingCommand {
  static let declaration = CommandDeclaration(
    ["prices", "missing"], "list the models of calls that have no cost",
    options: PricesCommand.period + [PricesCommand.tenant, Options.json] + Options.database,
    details: """
      The reason is what the catalogue says now: unknown_model, no_price_in_force (at that time),
      no_rate (for a kind of token that was used), out_of_range, or priced: the price is there, and
      daybook reprice gives the calls their cost. Wants a login in app_finance.
      """,
    examples: [("daybook prices missing --month 2026-07", "a month")], run: run)

  private static func run(_ context: CommandContext) throws(Fault) -> ExitCode {
    let range = try PricesCommand.range(context.settings)
    let tenant = context.settings.text(PricesCommand.tenant)
    let (found, book) = try PricesCommand.withCatalog(context) {
      (catalog, connection) throws(PostgresError) in
      let book = try catalog.load(&connection)
      return (try catalog.missing(&connection, book, range, tenant: tenant), book)
    }
    let names = Array(Set(book.entries.map { "\($0.provider)/\($0.model)" }))
    let hints = found.map { row in
      row.reason == .unknownModel
        ? Suggestion.nearest(
          to: "\(ProviderName.canonical(row.provider))/\(row.responseModel ?? row.requestModel)",
          among: names) : nil
    }
    let table = Table(
      [
        .text("provider"), .text("response_model"), .text("request_model"), .text("tier"),
        .number("calls"), .number("tokens"), .text("first_seen"), .text("last_seen"),
        .text("reason"), .text("nearest"),
      ],
      rows: zip(found, hints).map { row, hint in
        [
          row.provider, row.responseModel, row.requestModel, row.serviceTier, String(row.calls),
          row.tokens, row.firstSeen.description, row.lastSeen.description, reason(row), hint,
        ]
      })
    try context.list(
      table,
      json: zip(found, hints).map { row, hint in
        .object([
          "provider": .string(row.provider), "response_model": .optional(row.responseModel),
          "request_model": .string(row.requestModel), "service_tier": .string(row.serviceTier),
          "calls": .integer(row.calls), "tokens": .string(row.tokens),
          "first_seen": .string(row.firstSeen.description),
          "last_seen": .string(row.lastSeen.description), "reason": .string(reason(row)),
          "nearest": .optional(hint),
        ])
      })
    return .success
  }

  private static func reason(_ row: MissingPrice) -> String { row.reason?.rawValue ?? "priced" }
}
