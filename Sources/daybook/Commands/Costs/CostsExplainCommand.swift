// SPDX-License-Identifier: Apache-2.0
import Books
import CopyFormat
import Postgres
import Sysexits

/// `daybook costs explain`: why a tenant's month costs what it costs.
enum CostsExplainCommand {
  private static let day = OptionDeclaration(
    "day", "YYYY-MM-DD", kind: .text, sources: .flag, "only this billing day of the month")
  private static let limit = OptionDeclaration(
    "limit", "N", kind: .integer(1...10_000), default: "20", unit: "rows", sources: .flag,
    "of each level that are shown")

  static let declaration = CommandDeclaration(
    ["costs", "explain"], "walk a number from the bill down to its records",
    options: [FinanceOptions.tenant, FinanceOptions.month, FinanceOptions.model, day, limit]
      + [Options.json, Options.wide] + Options.database,
    details: """
      Statement, rollups, records by price, adjustments, the largest calls, and the Kafka
      positions and batches that they came from. At each level the parts must make the number
      above, to the last digit: exit code 1 when they do not. The bill is always that of the
      whole tenant and month; --model and --day narrow what stands below it.
      """,
    examples: [
      ("daybook costs explain --tenant acme --month 2026-08", "why does acme pay this?"),
      (
        "daybook costs explain --tenant acme --month 2026-08 --day 2026-08-21 --model gpt-5 --json",
        "one day of one model, for a program"
      ),
    ], run: run)

  private static func run(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let request = try request(context.settings)
    let progress = Progress("reading the records of \(request.tenant)", unit: "")
    progress.begin()
    let found = try context.withBooks(context.database(for: "explain")) {
      (books) throws(PostgresError) in try books.explain(request)
    }
    progress.finish()
    guard !found.isEmpty else {
      try context.requireTenant(request.tenant)
      throw CommandError(
        .noInput,
        "nothing is known of tenant \(request.tenant) in \(request.month)"
          + (request.model == nil && request.day == nil ? "" : ", that model and that day")
          + ": see daybook costs --month \(request.month)")
    }
    if context.wantsJSON {
      try context.output.line(ExplainText.json(found).text)
    } else {
      try context.output.write(ExplainText.text(found, context.tableView))
    }
    return found.isGood ? .success : .checkFailed
  }

  static func request(_ settings: Settings) throws(CommandError) -> ExplainRequest {
    guard let month = Month(try settings.required(FinanceOptions.month)) else {
      throw CommandError(.usage, "give --month")
    }
    var result = ExplainRequest(
      tenant: try settings.required(FinanceOptions.tenant), month: month,
      model: settings.text(FinanceOptions.model), limit: settings.integer(limit))
    if let text = settings.text(day) {
      let parts = text.split(separator: "-").compactMap { Int($0) }
      guard parts.count == 3,
        let day = CivilDate(year: parts[0], month: parts[1], day: parts[2]),
        Month(year: day.year, month: day.month) == month
      else { throw CommandError(.usage, "--day \(text): give a day of \(month), as \(month)-15") }
      result.day = day
    }
    return result
  }
}
