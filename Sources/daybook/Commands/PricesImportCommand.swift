// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Postgres
import PriceCatalog
import Pricing

/// `daybook prices import`.
enum PricesImportCommand {
  private static let format = OptionDeclaration(
    "format", "FORMAT", kind: .choice(["litellm"]), sources: .flag,
    "litellm: LiteLLM's model_prices_and_context_window.json")
  private static let endMissing = OptionDeclaration(
    "end-missing", kind: .toggle, sources: .flag,
    "end imported prices of models that are not in the file")
  private static let replaceManual = OptionDeclaration(
    "replace-manual", kind: .toggle, sources: .flag,
    "replace prices that were entered by hand; without it they are kept")

  static let declaration = CommandDeclaration(
    ["prices", "import"], "enter the prices of a price list", operands: "FILE", count: 1...1,
    options: [
      format, PricesCommand.effectiveFrom, PricesCommand.source, PricesCommand.reason, endMissing,
      replaceManual, PricesCommand.dryRun, Options.json, Options.adminDatabaseURL,
    ] + Options.database,
    details: """
      Shows what differs from the prices in force at --effective-from and later, and enters it as
      one version of the catalogue, with the file's SHA-256. The same file again changes nothing.
      Numbers are taken as they stand in the file, exactly. What the file prices otherwise than by
      tokens is counted and named, never guessed. A price by hand without an end keeps its model as it
      is; one with an end keeps its range, and the file takes what lies before and behind it. A model
      with a price that cannot be stored keeps what it has, the rest is entered, and the command ends
      with exit code 1. Wants a login in app_finance.
      """,
    examples: [
      (
        "daybook prices import model_prices_and_context_window.json --format litellm --dry-run",
        "what would change"
      ),
      (
        "daybook prices import prices.json --format litellm --effective-from 2026-08",
        "calls since August have these prices"
      ),
    ], run: run)

  private static func run(_ context: CommandContext) throws(Fault) -> ExitCode {
    _ = try context.settings.required(format)
    let path = context.operands.first ?? ""
    let list = try read(path)
    let effectiveFrom = PricesCommand.firstInstant(context.settings)
    guard let currency = CurrencyCode("USD".utf8) else { return .software }
    let isDryRun = context.settings.isOn(PricesCommand.dryRun)
    let endsMissing = context.settings.isOn(endMissing)
    let replacesManual = context.settings.isOn(replaceManual)
    let source = source(context, path, list)
    let progress = Progress("comparing and entering prices", unit: "prices")
    progress.begin()
    defer { progress.finish() }
    let (difference, from, to) = try PricesCommand.withCatalog(context, context.adminDatabase) {
      (catalog, connection) throws(PostgresError) in
      let version = try catalog.version(&connection)
      let difference = PriceDifference(
        list, currency: currency, from: effectiveFrom,
        entries: try catalog.entries(&connection, asOf: version),
        manualVersions: try catalog.manualVersions(&connection), replacesManual: replacesManual)
      let changes = difference.changes(endsMissing: endsMissing)
      guard !isDryRun, !changes.isEmpty else { return (difference, version, version) }
      let entered = try catalog.change(
        &connection, expectedVersion: version, source: source, prices: changes)
      return (difference, version, entered)
    }
    progress.finish()
    let report = PricesImportReport(
      list: list, difference: difference, effectiveFrom: effectiveFrom, versionBefore: from,
      versionAfter: to, isDryRun: isDryRun, endsMissing: endsMissing)
    if context.wantsJSON {
      try context.output.line(report.json.text)
    } else {
      try context.output.write(report.text)
    }
    guard !list.problems.isEmpty else { return .success }
    context.say(PricesImportReport.problems(list))
    return .checkFailed
  }

  private static func read(_ path: String) throws(Fault) -> LiteLLMPriceList {
    let bytes = try FileBytes.read(path, bytesMax: LiteLLMPriceList.fileBytesMax)
    do throws(LiteLLMError) {
      // Typed throws do not pass through withUnsafeBytes.
      let result = bytes.withUnsafeBytes { bytes in
        Result { () throws(LiteLLMError) in try LiteLLMPriceList(bytes) }
      }
      return try result.get()
    } catch {
      throw Fault(.data, "\(path): \(error)")
    }
  }

  private static func source(
    _ context: CommandContext, _ path: String, _ list: LiteLLMPriceList
  ) -> PriceCatalog.Source {
    let name = context.settings.text(PricesCommand.source) ?? path
    let detail = JSONValue.object([
      "reason": .optional(context.settings.text(PricesCommand.reason)),
      "entries": .integer(list.entryCount), "models": .integer(list.modelCount),
      "prices": .integer(list.prices.count), "conflicts": .integer(list.conflicts.count),
      "problems": .integer(list.problems.count),
    ])
    return PriceCatalog.Source(name, .litellm, sha256: list.sha256, detail: detail.text)
  }
}
