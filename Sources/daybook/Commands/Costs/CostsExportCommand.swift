// SPDX-License-Identifier: Apache-2.0
import Books
import CopyFormat
import Sysexits

/// `daybook costs export`: a file and its manifest for whoever books the costs.
enum CostsExportCommand {
  private static let format = OptionDeclaration(
    "format", "FORMAT", kind: .choice(["csv", "ndjson", "focus"]), default: "csv", sources: .flag,
    "csv, ndjson, or focus: the FinOps Open Cost and Usage Specification")
  private static let focusVersion = OptionDeclaration(
    "focus-version", "1.2|1.4", kind: .choice(FocusVersion.allCases.map(\.rawValue)),
    default: FocusVersion.v1_2.rawValue, sources: .flag, "whose names of columns")
  private static let by = OptionDeclaration(
    "by", "day|month", kind: .choice(ExportRequest.Granularity.allCases.map(\.rawValue)),
    default: ExportRequest.Granularity.day.rawValue, sources: .flag, "one line for each")
  private static let output = OptionDeclaration(
    "output", "FILE|DIR", kind: .text, sources: .flag,
    "where it goes; in a directory it gets a name that says what it holds")
  private static let raw = OptionDeclaration(
    "raw", kind: .toggle, sources: .flag,
    "in CSV, do not guard text that a spreadsheet could take for a formula")

  static let declaration = CommandDeclaration(
    ["costs", "export"], "write the costs of months to a file, with a manifest",
    options: [
      format, focusVersion, FinanceOptions.month, FinanceOptions.toMonth, by,
      FinanceOptions.tenant, FinanceOptions.basis, output, FinanceOptions.force, raw,
    ] + FinanceOptions.account + [Options.json] + Options.database,
    details: """
      One snapshot, in a fixed order: the same data give the same bytes. The file appears
      under its name when it is whole, then FILE.manifest.json with rows, exact sums,
      SHA-256 and what the data were made of. An export that was cut off goes on when the
      data are still the same. Corrections of closed months are lines of their own.

      FOCUS has one row for each kind of token. A cost is divided among them by the price in
      force, and the rows add up to it exactly; without a price, or when the price changed
      within the day or month of the row, it is one row of Requests whose ListCost is
      BilledCost. Contracted prices are those in force, list prices those of the last import,
      also where a price set by hand stands in its place; a model that no list knows has its
      contracted price in both. They ignore thresholds of the context, prices of regions,
      one-hour caches and audio. SkuPriceId is provider/model/meter/tier; x_PriceId says which
      price of the catalogue it was. A cost without calls of its own is an Adjustment: what was
      repriced while a month was open again.

      x_StatementId is month/version/tenant/currency, the tenant's line in a statement. With
      --invoice-issuer it is the InvoiceId too, and an Adjustment for rounding makes the rows
      the amount due. Tenants that do not bill by UTC have an account of their zone
      (default/Europe/Berlin), whose BillingPeriodStart is local midnight in UTC: group by
      x_BillingMonth and x_ChargeDate. Calls without a cost have no currency and are left
      out: the manifest counts them.
      """,
    examples: [
      ("daybook costs export --month 2026-08 --output 2026-08.csv", "a month for a spreadsheet"),
      (
        "daybook costs export --format focus --month 2026-07 --to-month 2026-09 --output /exports",
        "a quarter for a FinOps tool"
      ),
      ("daybook costs export verify 2026-08.csv.manifest.json", "is it still what was written?"),
    ], run: run)

  private static func run(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let request = try request(context.settings)
    let target = try target(context.settings, request)
    try context.requireTenant(request.tenant)
    let progress = Progress("exporting \(target.name)", unit: "rows")
    progress.begin()
    defer { progress.finish() }
    let manifest = try context.withBooks(
      context.database(for: "export"), failure: { CommandError($0 as ExportError) }
    ) { (books) throws(ExportError) in
      try books.export(
        request, to: target, toolVersion: Daybook.version,
        progress: { progress.update($0, of: nil) }, notice: context.say)
    }
    progress.finish()
    try report(manifest, target, context)
    return .success
  }

  static func request(_ settings: Settings) throws(CommandError) -> ExportRequest {
    guard let first = Month(try settings.required(FinanceOptions.month)),
      let version = settings.text(focusVersion).flatMap(FocusVersion.init),
      let format = settings.text(format).flatMap({ ExportFormat($0, focusVersion: version) }),
      let granularity = settings.text(by).flatMap(ExportRequest.Granularity.init)
    else { throw CommandError(.usage, "give --month, --format and --by") }
    let last = settings.text(FinanceOptions.toMonth).flatMap { Month($0) } ?? first
    guard first <= last else {
      throw CommandError(.usage, "--month must not lie behind --to-month")
    }
    let basis = settings.text(FinanceOptions.basis).flatMap(ExportRequest.Basis.init) ?? .billing
    let issuer = settings.text(FinanceOptions.invoiceIssuer)
    if case .focus = format, issuer != nil, basis != .billing {
      throw CommandError(
        .usage, "an invoice is what a month bills: leave out --basis charge, or --invoice-issuer")
    }
    return ExportRequest(
      format: format, first: first, last: last, granularity: granularity,
      tenant: settings.text(FinanceOptions.tenant),
      basis: basis,
      isRaw: settings.isOn(raw),
      account: BillingAccount(
        id: try settings.required(FinanceOptions.billingAccountID),
        name: settings.text(FinanceOptions.billingAccountName),
        invoiceIssuer: issuer))
  }

  private static func target(
    _ settings: Settings, _ request: ExportRequest
  ) throws(CommandError) -> ExportTarget {
    let path = try settings.required(output)
    let replaces = settings.isOn(FinanceOptions.force)
    if FileBytes.isDirectory(path) {
      return ExportTarget(directory: path, name: request.fileName, replacesExisting: replaces)
    }
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard let name = parts.last, !name.isEmpty else {
      throw CommandError(.noInput, "\(path) is no directory: make it first")
    }
    let directory = parts.dropLast().joined(separator: "/")
    let isRoot = directory.isEmpty && path.hasPrefix("/")
    return ExportTarget(
      directory: isRoot ? "/" : directory.isEmpty ? "." : directory, name: String(name),
      replacesExisting: replaces)
  }

  private static func report(
    _ manifest: ExportManifest, _ target: ExportTarget, _ context: CommandContext
  ) throws(CommandError) {
    if context.wantsJSON {
      return try context.output.line(ExportReport.json(manifest, target.manifestPath).text)
    }
    try context.output.line(
      "\(target.path): \(ExportReport.line(manifest)); manifest: \(target.manifestPath)")
    if manifest.tally.leftOutRequests > 0 {
      context.say(
        "left out: \(Progress.grouped(manifest.tally.leftOutRequests)) calls without a cost, in"
          + " \(Progress.grouped(manifest.tally.leftOutRows)) lines: see daybook prices missing")
    }
  }
}
