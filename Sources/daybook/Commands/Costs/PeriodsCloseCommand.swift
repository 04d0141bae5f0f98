// SPDX-License-Identifier: Apache-2.0
import Books
import CopyFormat
import Postgres
import Sysexits

/// `daybook periods close`.
enum PeriodsCloseCommand {
  private static let allowUnpriced = OptionDeclaration(
    "allow-unpriced", kind: .toggle, sources: .flag,
    "close although records of the month, or late ones that it bills, have no cost")
  private static let allowDrift = OptionDeclaration(
    "allow-drift", kind: .toggle, sources: .flag,
    "bill what the rollups and corrections say, whatever the records and prices make")
  private static let dryRun = OptionDeclaration(
    "dry-run", kind: .toggle, sources: .flag,
    "print the statement and close nothing; the reconciliation is kept all the same")

  static let declaration = CommandDeclaration(
    ["periods", "close"], "close a billing month and write its statement",
    operands: "YYYY-MM", count: 1...1,
    options: [
      PeriodsCommand.reason, dryRun, allowUnpriced, allowDrift, FinanceOptions.prices, Options.yes,
      Options.databaseURL, Options.adminDatabaseURL, Options.schema,
    ] + Options.table,
    details: """
      From then on the month's rollups do not change by a digit: what comes late, or is repriced,
      becomes a correction in the first open month. Months are closed in order, all tenants at once,
      when the month is over in every tenant's zone. The month is reconciled first, and so is each
      closed month whose late records it bills, which reads their records. What the month's calls
      cost is then computed once more from their tokens and the catalogue: of a sample, with
      --prices all of every one; of calls that were repriced always. Closing waits for the batch
      that is being written, and batches wait until the statement is written, some milliseconds.
      Exit code 1 if the month cannot be closed: not over, an earlier one is open, records without a
      cost (late ones that it bills among them), costs that the catalogue does not make, rollups
      that differ from the records, or corrections that no records make.
      """,
    examples: [
      ("daybook periods close 2026-08 --dry-run", "what would be billed"),
      ("daybook periods close 2026-08 --reason 'month end' --yes", "for a schedule"),
    ], run: run)

  private static func run(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let month = try context.monthOperand()
    let isDryRun = context.settings.isOn(dryRun)
    let why = try context.reasonText(PeriodsCommand.reason)
    let isReady = try isProved(month, context)
    guard isReady || isDryRun else { return .checkFailed }
    if !isDryRun {
      context.say("\(month) will be closed for all tenants")
      try context.confirm()
    }
    let allowsUnpriced = context.settings.isOn(allowUnpriced)
    let allowsDrift = context.settings.isOn(allowDrift)
    let outcome = try context.withBooks(context.database) { (books) throws(PostgresError) in
      try books.close(
        month, reason: why, allowUnpriced: allowsUnpriced, allowDrift: allowsDrift, dryRun: isDryRun
      )
    }
    let isAllowed = outcome.unpricedRecords == 0 || allowsUnpriced
    if isDryRun || outcome.isClosed {
      try StatementReport.print(outcome.statement, isDraft: isDryRun, context)
    }
    for priced in outcome.pricedElsewhere {
      context.say(
        "\(priced.records) records of \(month) have no cost in it: it is billed in \(priced.billingMonth)"
          + ", as corrections")
    }
    for late in outcome.lateUnpriced {
      context.say(
        "\(late.records) records of \(late.chargeMonth) came late, are billed in \(month) and have no"
          + " cost: see daybook prices missing --month \(late.chargeMonth), then daybook reprice"
          + " --month \(late.chargeMonth)")
    }
    if !isAllowed {
      context.say(
        "\(month) has \(outcome.unpricedRecords) records without a cost"
          + (isDryRun ? "" : " and was not closed")
          + ": see daybook prices missing --month \(month), then daybook reprice --month \(month),"
          + " or give --allow-unpriced")
    }
    say(outcome.problems, month, context)
    return isReady && isAllowed && outcome.problems.isEmpty ? .success : .checkFailed
  }

  private static let problemsShownMax = 20

  private static func say(_ problems: [String], _ month: Month, _ context: CommandContext) {
    guard !problems.isEmpty else { return }
    for problem in problems.prefix(problemsShownMax) { context.say(problem) }
    context.say(
      "\(month) would bill what its records do not make, \(problems.count) differences: see "
        + "ops/runbooks/rollup-drift.md, or give --allow-drift")
  }

  private static func isProved(
    _ month: Month, _ context: CommandContext
  ) throws(CommandError) -> Bool {
    guard !context.settings.isOn(allowDrift) else { return true }
    let report = try ReconcileCommand.reconcile(
      ReconcileScope(month: month, tenant: nil, source: .primary), repair: nil, context)
    guard report.isGood else {
      context.say(
        "\(month): \(report.differences) rows of the rollups differ from the records: run daybook "
          + "reconcile --month \(month) --repair --reason TEXT first, or give --allow-drift")
      return false
    }
    let extent = FinanceOptions.priceExtent(context.settings)
    let prices = try context.withBooks(context.adminDatabase) { (books) throws(PostgresError) in
      try books.checkPrices(extent, month: month)
    }
    guard prices.differences > 0 else { return true }
    for problem in PriceCheckReport.problems(prices) { context.say(problem) }
    context.say(
      "\(month) would bill \(prices.differences) costs that the catalogue does not make: run "
        + "daybook reprice --month \(month) --reason TEXT first, or give --allow-drift")
    return false
  }
}
