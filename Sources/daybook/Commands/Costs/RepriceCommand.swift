// SPDX-License-Identifier: Apache-2.0
import Books
import CopyFormat
import Postgres
import PriceCatalog
import Sysexits

/// `daybook reprice`: prices calls again and posts the differences.
enum RepriceCommand {
  private static let from = OptionDeclaration(
    "from", "TIME", kind: .time, sources: .flag, "calls from this time on, as 2026-08 or RFC 3339")
  private static let to = OptionDeclaration(
    "to", "TIME", kind: .time, sources: .flag, "up to, not including, this time")
  private static let provider = OptionDeclaration(
    "provider", "NAME", kind: .text, sources: .flag, "only this provider, as records name it")
  private static let reason = OptionDeclaration(
    "reason", "TEXT", kind: .text, sources: .flag,
    "why, for the journal and every line that is posted")
  private static let dryRun = OptionDeclaration(
    "dry-run", kind: .toggle, sources: .flag, "show the money that would move, post nothing")

  static let declaration = CommandDeclaration(
    ["reprice"], "price calls again and post the differences",
    options: [
      FinanceOptions.month, from, to, FinanceOptions.model, provider, FinanceOptions.tenant,
      dryRun, reason, Options.yes, Options.json, Options.wide,
    ] + Options.database,
    details: """
      Calls whose cost Daybook computed, and those without a cost, get the price in force when
      they were made. What differs is posted as a signed line beside the record; records never
      change, and a producer's own cost is never touched. A line of a closed month is billed in
      the first open one, as a correction. Calls whose price has left the catalogue are
      reported and keep their cost. Cut off, it is run again: nothing is posted twice.
      --month takes the calls that a close of the month counts, of the tenants' own billing days;
      --from and --to are times, and a month there begins at midnight UTC.
      Exit code 1 if the database refuses the price of a call: it is reported, the others are
      posted.
      """,
    examples: [
      (
        "daybook reprice --month 2026-08 --dry-run --reason 'prices of August'",
        "the money that would move"
      ),
      (
        "daybook reprice --from 2026-08 --to 2026-09 --model gpt-5 --reason 'ticket 12' --yes",
        "one model"
      ),
    ], run: run)

  private static func run(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let request = try request(context.settings)
    if !request.isDryRun { try context.confirm() }
    let progress = Progress("repricing", unit: "records")
    progress.begin()
    defer { progress.finish() }
    let report = try context.withBooks(context.database(for: "reprice")) {
      (books) throws(PostgresError) in
      try books.reprice(request) { progress.update($0, of: nil) }
    }
    progress.finish()
    if report.rowsExamined == 0 { try context.requireTenant(request.tenant) }
    if context.wantsJSON {
      try context.output.line(RepriceText.json(report, isDryRun: request.isDryRun).text)
    } else {
      try context.output.write(
        RepriceText.text(report, isDryRun: request.isDryRun, context.tableView))
    }
    if !report.retiredMonths.isEmpty {
      context.say(
        "records of \(report.retiredMonths.joined(separator: ", ")) have left with their"
          + " partitions and were not looked at: restore their archives to price them again")
    }
    guard !report.refused.isEmpty else { return .success }
    let calls = report.refused.reduce(0) { $0 + $1.records }
    context.say(
      "\(calls) calls were not posted, because the database refuses the price that they would"
        + " have; the others are: see ops/runbooks/unpriced-records.md")
    return .checkFailed
  }

  static func request(_ settings: Settings) throws(CommandError) -> RepriceRequest {
    let span = try span(settings)
    let isDryRun = settings.isOn(dryRun)
    let words = isDryRun ? settings.text(reason) ?? "dry run" : try settings.required(reason)
    guard words.contains(where: { !$0.isWhitespace }) else {
      throw CommandError(.usage, "--reason is empty: say why, it stands in every line")
    }
    return RepriceRequest(
      span, tenant: settings.text(FinanceOptions.tenant), provider: settings.text(provider),
      model: settings.text(FinanceOptions.model), reason: words, isDryRun: isDryRun)
  }

  private static func span(_ settings: Settings) throws(CommandError) -> CallSpan {
    let first = settings.text(from).flatMap(ValueKind.time)
    let end = settings.text(to).flatMap(ValueKind.time)
    if let month = settings.text(FinanceOptions.month).flatMap({ Month($0) }) {
      guard first == nil, end == nil else {
        throw CommandError(.usage, "give --month, or --from and --to, not both")
      }
      return CallSpan(billingMonth: month)
    }
    guard let first, let end else {
      throw CommandError(.usage, "give --month, or --from and --to")
    }
    guard first < end else { throw CommandError(.usage, "--from must lie before --to") }
    return CallSpan(first..<end)
  }
}
