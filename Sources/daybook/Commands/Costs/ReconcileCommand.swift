// SPDX-License-Identifier: Apache-2.0
import Books
import CopyFormat
import Postgres
import Sysexits

/// `daybook reconcile`: the rollups against the records and adjustments, to the last digit.
enum ReconcileCommand {
  private static let month = OptionDeclaration(
    "month", "YYYY-MM", kind: .month, sources: .flag, "only this billing month")
  private static let tenant = OptionDeclaration(
    "tenant", "ID", kind: .text, sources: .flag, "only this tenant")
  private static let repair = OptionDeclaration(
    "repair", kind: .toggle, sources: .flag,
    "add the differences to the rollups of open months; reads the primary")
  private static let reason = OptionDeclaration(
    "reason", "TEXT", kind: .text, sources: .flag, "why it is repaired, for the journal")

  static let declaration = CommandDeclaration(
    ["reconcile"], "recompute the rollups and report every difference",
    options: [
      month, tenant, repair, reason, FinanceOptions.prices, Options.json, Options.wide,
      Options.databaseURL,
      Options.adminDatabaseURL,
      Options.replicaDatabaseURL, Options.schema,
    ],
    details: """
      A day of the rollup must be the sum of its records and of what was repriced in it, less late
      records, which are corrections of a later month; a month the sum of its days. Every difference
      becomes a row of reconciliation_drift. Months are compared one by one, each on one snapshot,
      beside running ingest, which never waits for it. A run that was cut off goes on at its month
      when the same is asked again within a day.

      With replica_database_url set, the rows are read there. --repair compares on the primary and
      adds the differences to open months, in one transaction, with an entry in billing_journal;
      closed months are reported, never repaired. Days of which records have left with retired
      partitions are left out: daybook audit compares those with the receipts.
      What calls and lines of repriced calls cost is then computed once more from their tokens and the
      catalogue, and each that differs is named: of a sample, with --prices all of every one.
      Wants a login in app_finance and a direct connection. Exit code 1 if a difference is left.
      """,
    examples: [
      ("daybook reconcile", "all months; the gauge of drift counts from here"),
      ("daybook reconcile --month 2026-08", "before it is closed"),
      ("daybook reconcile --month 2026-08 --repair --reason 'ticket 117'", "open months only"),
    ], run: run)

  private static func run(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let settings = context.settings
    let why = try context.reasonText(reason)
    let repairs = settings.isOn(repair)
    guard repairs == (why != nil) else {
      throw CommandError(
        .usage, repairs ? "--repair wants --reason: say why" : "--reason goes with --repair")
    }
    let readsReplica = !repairs && settings.text(Options.replicaDatabaseURL) != nil
    let scope = ReconcileScope(
      month: settings.text(month).flatMap { Month($0) }, tenant: settings.text(tenant),
      source: readsReplica ? .replica : .primary)
    let report = try reconcile(scope, repair: why, context)
    if report.records == 0, report.isGood { try context.requireTenant(scope.tenant) }
    let extent = FinanceOptions.priceExtent(settings)
    let source = readsReplica ? context.replicaDatabase : context.adminDatabase
    let prices = try context.withBooks(source) { (books) throws(PostgresError) in
      try books.checkPrices(extent, month: scope.month, tenant: scope.tenant)
    }
    try ReconcileReport.print(report, scope, prices, extent, context)
    return report.isGood && prices.differences == 0 ? .success : .checkFailed
  }

  /// Runs one, on connections of its own.
  static func reconcile(
    _ scope: ReconcileScope, repair: String?, _ context: CommandContext
  ) throws(CommandError) -> Reconciliation {
    let source =
      scope.source == .replica ? context.replicaDatabase : context.adminDatabase
    var reconciler: Reconciler
    do throws(PostgresError) {
      reconciler = Reconciler(
        primary: try Connection(context.adminDatabase), source: try Connection(source),
        schema: context.schema, scope: scope)
    } catch {
      throw CommandContext.booksFault(error)
    }
    let progress = Progress("reconciling", unit: "months")
    progress.begin()
    defer { progress.finish() }
    var done: Int64 = 0
    do throws(ReconcileError) {
      return try reconciler.run(repair: repair) { _, count in
        done += 1
        progress.update(done, of: Int64(count))
      }
    } catch {
      throw CommandError(error.exitCode, error.description)
    }
  }
}
