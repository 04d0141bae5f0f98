// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Postgres
import PriceCatalog
import Pricing
import Sysexits

/// `daybook prices list` and `daybook prices show`.
enum PricesListCommand {
  private static let model = OptionDeclaration(
    "model", "TEXT", kind: .text, sources: .flag, "only models with this in their name")
  private static let all = OptionDeclaration(
    "all", kind: .toggle, sources: .flag, "past and future prices too, not only those in force")

  static let declarations = [
    CommandDeclaration(
      ["prices", "list"], "list prices, per million tokens",
      options: [PricesCommand.provider, model, PricesCommand.at, all] + Options.table
        + Options.database,
      details: """
        Empty cells are not priced apart: the rate that they are part of holds for them. Rates under
        derived stand in no list: they were scaled as the list scales others. JSON has prices per token.
        """,
      examples: [
        ("daybook prices list --provider openai --model gpt-5", "what is in force now"),
        ("daybook prices list --at 2026-07 --json", "at the start of July"),
      ], run: list),
    CommandDeclaration(
      ["prices", "show"], "show every price that a model ever had, with who entered it and why",
      operands: "MODEL", count: 1...1,
      options: [PricesCommand.provider, PricesCommand.at] + Options.table + Options.database,
      details: """
        Replaced rows are shown too: they priced what was priced before. With --at only what was in
        force at that time, as the catalogue says now.
        """,
      examples: [("daybook prices show gpt-5 --provider openai", "the history")], run: show),
  ]

  private static func list(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let settings = context.settings
    let provider = try provider(context)
    let text = settings.text(model)
    let time = settings.text(PricesCommand.at).flatMap(ValueKind.time) ?? Timestamp.now()
    let isAll = settings.isOn(all)
    let entries = try PricesCommand.withCatalog(context) {
      (catalog, connection) throws(PostgresError) in
      try catalog.entries(&connection, asOf: try catalog.version(&connection))
    }
    let found = entries.filter { entry in
      (provider.map { $0 == entry.provider } ?? true)
        && (text.map { entry.model.contains($0) } ?? true)
        && (isAll || entry.isInForce(at: time))
    }.sorted { ($0.key, $0.effectiveFrom) < ($1.key, $1.effectiveFrom) }
    let table = Table(columns, rows: found.map(cells))
    try context.list(table, json: found.map(PriceReport.json))
    return .success
  }

  private static let columns: [TableColumn] =
    [
      .text("provider"), .text("model"), .text("region"), .text("tier"), .number("above"),
      .text("unit"),
    ]
    + PriceRates.columns.map { .number(PriceReport.label($0.name)) }
    + [.text("derived"), .text("from"), .text("to"), .id("price_id"), .id("version")]

  private static func cells(_ entry: PriceEntry) -> [String?] {
    let key: [String?] = [
      entry.provider, entry.model, entry.region, entry.serviceTier, String(entry.minInputTokens),
      "\(entry.currency)/1M",
    ]
    let rates = PriceRates.columns.map { entry.rates[keyPath: $0.rate].map(PriceReport.perMillion) }
    return key + rates + [
      PriceReport.derived(entry.rates), PriceEntry.instantText(entry.effectiveFrom),
      entry.effectiveTo.map(PriceEntry.instantText),
      String(entry.priceID), String(entry.version),
    ]
  }

  private static func provider(_ context: CommandContext) throws(CommandError) -> String? {
    guard let given = context.settings.text(PricesCommand.provider) else { return nil }
    return try PricesCommand.providers(context).canonical(given)
  }

  private static func show(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let name = context.operands.first ?? ""
    let provider = try provider(context)
    let time = context.settings.text(PricesCommand.at).flatMap(ValueKind.time)
    let (rows, known) = try PricesCommand.withCatalog(context) {
      (catalog, connection) throws(PostgresError) in
      let rows = try catalog.history(&connection, model: name, provider: provider)
      guard rows.isEmpty else { return (rows, [String]()) }
      let entries = try catalog.entries(&connection, asOf: try catalog.version(&connection))
      return (rows, Array(Set(entries.map(\.model))))
    }
    guard !rows.isEmpty else {
      let hint = Suggestion.hint(for: name, among: known)
      throw CommandError(
        .noInput, "the catalogue has no price of \(name)\(hint): see daybook prices list")
    }
    let found = rows.filter { row in
      time.map { row.supersededBy == nil && row.entry.isInForce(at: $0) } ?? true
    }
    let table = Table(
      columns + [
        .text("state"), .text("changed_at"), .text("changed_by"), .text("source"), .text("reason"),
      ],
      rows: found.map { row in
        cells(row.entry) + [
          row.supersededBy.map { "replaced by version \($0)" } ?? "counts", row.changedAt,
          row.changedBy, row.source, row.reason,
        ]
      })
    try context.list(table, json: found.map(json))
    return .success
  }

  private static func json(_ row: PriceHistoryRow) -> JSONValue {
    .object([
      "price": PriceReport.json(row.entry),
      "superseded_by": row.supersededBy.map { .integer($0) } ?? .null,
      "changed_at": .string(row.changedAt), "changed_by": .string(row.changedBy),
      "source": .string(row.source), "format": .string(row.format),
      "reason": .optional(row.reason),
    ])
  }
}
