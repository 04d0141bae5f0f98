// SPDX-License-Identifier: Apache-2.0
import Books
import Postgres
import Sysexits

/// `daybook periods list|show|close|reopen`: the billing months and their statements.
enum PeriodsCommand {
  private static let dryRun = OptionDeclaration(
    "dry-run", kind: .toggle, sources: .flag, "tell whether it could be opened, and open nothing")
  static let reason = OptionDeclaration(
    "reason", "TEXT", kind: .text, sources: .flag, "why, for the journal")

  static let declarations = [
    CommandDeclaration(
      ["periods", "list"], "list the billing months, open and closed",
      options: Options.table + Options.database,
      details: """
        One line for each month and currency: what tenants are billed for it. charges: cost of the
        month; corrections: signed cost of closed months that is billed in it; total: their sum. The
        line without a currency counts records without a cost (XXX in JSON). version is that of the
        last statement.
        """,
      examples: [("daybook periods list", "which month is open")], run: list),
    PeriodsShowCommand.declaration, PeriodsCloseCommand.declaration,
    CommandDeclaration(
      ["periods", "reopen"], "open the last closed month again",
      operands: "YYYY-MM", count: 1...1,
      options: [reason, dryRun, Options.yes, Options.json] + Options.database,
      details: """
        Months are reopened in reverse order. The statements that were written stay and can be
        shown; closing the month again writes the next version. Cost that came in the meantime as a
        correction of a later month stays there.
        """,
      examples: [
        ("daybook periods reopen 2026-07 --reason 'wrong price list'", "asks before it does")
      ], run: reopen),
  ]

  private static func list(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let periods = try context.withBooks(context.database) { (books) throws(PostgresError) in
      try books.periods()
    }
    let table = Table(
      [
        .text("month"), .text("status"), .id("version"), .text("currency", isKept: true),
        .number("tenants"), .sum("charges"), .sum("corrections"), .sum("total", isKept: true),
        .sum("records"), .sum("unpriced_records"), .text("changed_at"), .text("changed_by"),
        .text("reason"),
      ], rows: periods.map(cells))
    try context.list(table, json: periods.map(json))
    return .success
  }

  private static func cells(_ period: BillingPeriod) -> [String?] {
    [
      "\(period.month)", period.isClosed ? "closed" : "open", period.version.map { String($0) },
      CurrencyText.words(period.currency), String(period.tenants), period.charges,
      period.corrections, period.total,
      String(period.records), String(period.unpricedRecords), period.changedAt, period.changedBy,
      period.reason,
    ]
  }

  private static func json(_ period: BillingPeriod) -> JSONValue {
    .object([
      "month": .string("\(period.month)"), "status": .string(period.isClosed ? "closed" : "open"),
      "version": period.version.map { .integer($0) } ?? .null,
      "currency": .optional(period.currency), "tenants": .integer(period.tenants),
      "charges": .string(period.charges), "corrections": .string(period.corrections),
      "total": .string(period.total), "records": .integer(period.records),
      "unpriced_records": .integer(period.unpricedRecords),
      "changed_at": .optional(period.changedAt), "changed_by": .optional(period.changedBy),
      "reason": .optional(period.reason),
    ])
  }

  private static func reopen(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let month = try context.monthOperand()
    guard let why = try context.reasonText(reason) else {
      throw CommandError(.usage, "--reason is missing: say why \(month) is opened again")
    }
    let isDryRun = context.settings.isOn(dryRun)
    context.say(
      "\(month) \(isDryRun ? "would" : "will") be opened again: what comes for it changes its amounts"
    )
    if !isDryRun { try context.confirm() }
    try context.withBooks(context.database) { (books) throws(PostgresError) in
      try books.reopen(month, reason: why, dryRun: isDryRun)
    }
    if isDryRun { return .success }
    if context.wantsJSON {
      try context.output.line(
        JSONValue.object(["month": .string("\(month)"), "status": .string("open")]).text)
    } else {
      try context.output.line("\(month) is open")
    }
    return .success
  }
}
