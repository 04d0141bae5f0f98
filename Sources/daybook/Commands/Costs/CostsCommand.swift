// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Ledger
import Postgres
import Sysexits

/// `daybook costs`: what finance takes away, from the rollups.
enum CostsCommand {
  private static let tenant = OptionDeclaration(
    "tenant", "ID", kind: .text, sources: .flag, "only this tenant")
  private static let month = OptionDeclaration(
    "month", "YYYY-MM", kind: .month, sources: .flag,
    "a whole month of billing days; the default is the present one")
  private static let from = OptionDeclaration(
    "from", "TIME", kind: .time, sources: .flag, "from this billing day on")
  private static let to = OptionDeclaration(
    "to", "TIME", kind: .time, sources: .flag, "up to, not including, this billing day")
  private static let by = OptionDeclaration(
    "by", "LIST", kind: .list(CostDimension.allCases.map(\.rawValue)), sources: .flag,
    "split by day,provider,model,project,zone,class; class tells corrections from charges")
  private static let format = OptionDeclaration(
    "format", "FORMAT", kind: .choice(["table", "csv", "json"]), sources: .flag,
    "table, csv or json; the default is table on a terminal, else csv")
  private static let basis = OptionDeclaration(
    "basis", "billing|charge", kind: .choice(CostQuery.Basis.allCases.map(\.rawValue)),
    sources: .flag,
    "put corrections of closed months into cost: those billed in it, or those that come from it")
  private static let raw = OptionDeclaration(
    "raw", kind: .toggle, sources: .flag,
    "in CSV, do not guard text that a spreadsheet could take for a formula")

  static let declarations = [
    declaration, CostsExportCommand.declaration, CostsExportVerifyCommand.declaration,
    CostsExplainCommand.declaration,
  ]

  private static let declaration = CommandDeclaration(
    ["costs"], "print costs and tokens per tenant from the rollups",
    options: [tenant, month, from, to, by, basis, format, raw] + Options.table + Options.database,
    details: """
      Amounts are exact decimals and never added across currencies. Records without a cost have a
      line of their own without currency. Periods are the tenants' own billing days and months,
      by UTC unless daybook tenants says otherwise. cost and the counts are those of the rollups,
      which never change in a closed month; billed is what a statement of the month bills: cost
      and the corrections of closed months. Days have no bill. --basis puts corrections into cost
      and the counts instead. CSV follows RFC 4180; a text cell that begins like a formula is
      prefixed with ' (see --raw).
      """,
    examples: [
      ("daybook costs --month 2026-08 --format csv > 2026-08.csv", "a month for a spreadsheet"),
      ("daybook costs --tenant acme --by day,model", "one tenant's days and models"),
      ("daybook costs --from 2026-08-10T00:00:00Z --to 2026-08-17T00:00:00Z --json", "a week"),
      ("daybook costs --month 2026-08 --by project --top 10", "the ten dearest projects"),
    ], run: run)

  private static func run(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let query = try query(context.settings)
    let (rows, corrections) = try context.withLedger(context.database) {
      (ledger) throws(PostgresError) in
      (try ledger.costs(query), query.basis == nil ? try ledger.correctionCount(query) : 0)
    }
    if rows.isEmpty { try context.requireTenant(query.tenant) }
    if corrections > 0 {
      let count = Progress.grouped(corrections)
      context.say(
        query.hasBill
          ? "\(count) corrections of this month are billed in later ones: --basis charge adds them"
          : "without \(count) corrections of closed months: --month shows what is billed, --basis"
            + " charge adds those that come from these days")
    }
    let table = Table(columns(query), rows: rows.map { cells($0, query) })
    let fallback = context.output.isTerminal ? "table" : "csv"
    switch context.wantsJSON ? "json" : context.settings.text(format) ?? fallback {
    case "json":
      try context.writeJSON(table, rows.map { json($0, query) })
    case "csv":
      let shown = try context.shownRows(of: table).map(table.picked) ?? table
      try context.output.write(shown.csv(isRaw: context.settings.isOn(raw)))
    default:
      try context.output.write(context.text(table))
    }
    return .success
  }

  static func query(_ settings: Settings) throws(CommandError) -> CostQuery {
    let dimensions = (settings.text(by) ?? "").split(separator: ",")
      .compactMap { CostDimension(rawValue: String($0)) }
    let query = CostQuery(
      period: try period(settings), tenant: settings.text(tenant), dimensions: dimensions,
      basis: settings.text(basis).flatMap(CostQuery.Basis.init))
    if case .days = query.period, query.basis == .billing {
      throw CommandError(.usage, "--basis billing needs --month: corrections are billed by month")
    }
    return query
  }

  private static func period(_ settings: Settings) throws(CommandError) -> CostQuery.Period {
    let given = settings.text(month).flatMap { Month($0) }
    let first = settings.text(from).flatMap(ValueKind.time)
    let end = settings.text(to).flatMap(ValueKind.time)
    guard first != nil || end != nil else { return .month(given ?? Timestamp.now().month) }
    guard given == nil else {
      throw CommandError(.usage, "give --month, or --from and --to, not both")
    }
    guard let first else { throw CommandError(.usage, "--to needs --from") }
    let last = end ?? Timestamp.now().month.next.start
    guard first < last else { throw CommandError(.usage, "--from must lie before --to") }
    for time in [first, last] where time.microseconds % Timestamp.microsecondsPerDay != 0 {
      throw CommandError(.usage, "\(time) is not the start of a day: the rollups hold whole days")
    }
    return .days(
      CivilDate(daysSince2000: Int64(first.day)), CivilDate(daysSince2000: Int64(last.day)))
  }

  private static func columns(_ query: CostQuery) -> [TableColumn] {
    [.text("tenant_id")] + query.dimensions.map { .text($0.column) }
      + [.text("currency", isKept: true), .sum("cost", isKept: true)]
      + (query.hasBill ? [.sum("billed", isKept: true)] : [])
      + [
        .sum("records"), .sum("failed_records"), .sum("unpriced_records"), .sum("input_tokens"),
        .sum("output_tokens"), .sum("cache_read_input_tokens"),
        .sum("cache_creation_input_tokens"), .sum("reasoning_output_tokens"),
        .sum("estimated_records"), .sum("estimated_cost"),
      ]
  }

  private static func cells(_ row: CostRow, _ query: CostQuery) -> [String?] {
    [row.tenant] + row.dimensions + [row.currency, row.cost]
      + (query.hasBill ? [row.billed] : []) + counts(row).map { String($0.1) } + [row.estimatedCost]
  }

  private static func counts(_ row: CostRow) -> [(String, Int64)] {
    [
      ("records", row.records), ("failed_records", row.failedRecords),
      ("unpriced_records", row.unpricedRecords), ("input_tokens", row.inputTokens),
      ("output_tokens", row.outputTokens),
      ("cache_read_input_tokens", row.cacheReadInputTokens),
      ("cache_creation_input_tokens", row.cacheCreationInputTokens),
      ("reasoning_output_tokens", row.reasoningOutputTokens),
      ("estimated_records", row.estimatedRecords),
    ]
  }

  private static func json(_ row: CostRow, _ query: CostQuery) -> JSONValue {
    var members = [JSONValue.Member(name: "tenant_id", value: .string(row.tenant))]
    for (dimension, value) in zip(query.dimensions, row.dimensions) {
      members.append(.init(name: dimension.column, value: .string(value)))
    }
    members.append(.init(name: "currency", value: .optional(row.currency)))
    members.append(.init(name: "cost", value: .optional(row.cost)))
    if query.hasBill { members.append(.init(name: "billed", value: .optional(row.billed))) }
    members += counts(row).map { .init(name: $0.0, value: .integer($0.1)) }
    members.append(.init(name: "estimated_cost", value: .optional(row.estimatedCost)))
    return .object(members)
  }
}
