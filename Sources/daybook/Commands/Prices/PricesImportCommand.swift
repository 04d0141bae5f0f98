// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Postgres
import PriceCatalog
import Pricing
import Sysexits

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
  private static let replaceLater = OptionDeclaration(
    "replace-later", kind: .toggle, sources: .flag,
    "take also what lies behind the next known change of a model; without it that is kept")

  static let declaration = CommandDeclaration(
    ["prices", "import"], "enter the prices of a price list", operands: "FILE", count: 1...1,
    options: [
      format, PricesCommand.effectiveFrom, PricesCommand.effectiveTo, PricesCommand.source,
      PricesCommand.reason, endMissing, replaceManual, replaceLater, PricesCommand.dryRun,
      Options.json, Options.adminDatabaseURL,
    ] + Options.database,
    details: """
      Shows what differs from the prices in force from --effective-from on, and enters it as one
      version of the catalogue, with the file's SHA-256. A list that changes nothing is a version, too:
      it says when the prices were compared last. Each model changes up to its next known change only:
      where another import that has it begins to hold, or an imported price begins or ends. --dry-run
      also counts the calls of each interval, and what a reprice would move.
      Numbers are taken as they stand in the file, exactly. What the file prices otherwise than by
      tokens is counted and named, never guessed. A price by hand without an end keeps its model as it
      is, in its region, or in every one where it names none; one with an end keeps its range, and the
      file takes what lies before and behind it. A model
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

  private static func run(_ context: CommandContext) throws(CommandError) -> ExitCode {
    _ = try context.settings.required(format)
    _ = try context.reasonText(PricesCommand.reason)
    let path = context.operands.first ?? ""
    let bytes = try FileBytes.read(path, bytesMax: LiteLLMPriceList.fileBytesMax)
    let (names, version) = try PricesCommand.withCatalog(context, context.adminDatabase) {
      (catalog, connection) throws(PostgresError) in
      let version = try catalog.version(&connection)
      return (try catalog.providerNames(&connection, asOf: version), version)
    }
    let list = try list(bytes, path, names)
    let scope = try scope(context.settings)
    guard let currency = CurrencyCode("USD".utf8) else { return .software }
    let isDryRun = context.settings.isOn(PricesCommand.dryRun)
    let endsMissing = context.settings.isOn(endMissing)
    let progress = Progress("comparing and entering prices", unit: "calls")
    progress.begin()
    defer { progress.finish() }
    let report = try PricesCommand.withCatalog(context, context.adminDatabase) {
      (catalog, connection) throws(PostgresError) in
      let difference = PriceDifference(
        list, currency: currency, scope,
        entries: try catalog.entries(&connection, asOf: version),
        manualVersions: try catalog.manualVersions(&connection),
        imports: try catalog.imports(&connection))
      var report = PricesImportReport(
        list: list, difference: difference, scope: scope, versionBefore: version,
        versionAfter: version, isDryRun: isDryRun, endsMissing: endsMissing)
      let changes = difference.changes(endsMissing: endsMissing)
      if isDryRun {
        report.effects = try PriceEffects(
          catalog, &connection, changes, on: difference.intervals(endsMissing: endsMissing)
        ) { progress.update($0, of: nil) }
      } else {
        // Also without changes: who looks later must see that the list was compared, and when.
        report.versionAfter = try catalog.change(
          &connection, expectedVersion: version,
          source: source(context, path, list, scope, difference.models), prices: changes)
      }
      return report
    }
    progress.finish()
    if context.wantsJSON {
      try context.output.line(report.json.text)
    } else {
      try context.output.write(report.text)
    }
    guard !list.problems.isEmpty else { return .success }
    context.say(PricesImportReport.problems(list))
    return .checkFailed
  }

  private static func list(
    _ bytes: [UInt8], _ path: String, _ names: ProviderNames
  ) throws(CommandError) -> LiteLLMPriceList {
    do throws(LiteLLMError) {
      // Typed throws do not pass through withUnsafeBytes.
      let result = unsafe bytes.withUnsafeBytes { bytes in
        Result { () throws(LiteLLMError) in try unsafe LiteLLMPriceList(bytes, providers: names) }
      }
      return try result.get()
    } catch {
      throw CommandError(.data, "\(path): \(error)")
    }
  }

  private static func scope(_ settings: Settings) throws(CommandError) -> PriceDifference.Scope {
    let from = PricesCommand.firstInstant(settings)
    return PriceDifference.Scope(
      from: from, to: try PricesCommand.end(settings, after: from),
      replacesLater: settings.isOn(replaceLater), replacesManual: settings.isOn(replaceManual))
  }

  private static func source(
    _ context: CommandContext, _ path: String, _ list: LiteLLMPriceList,
    _ scope: PriceDifference.Scope, _ models: PriceListModels
  ) -> PriceCatalog.Source {
    func names(_ names: [String]?) -> JSONValue {
      names.map { .array($0.map { .string($0) }) } ?? .null
    }
    let name = context.settings.text(PricesCommand.source) ?? path
    let detail = JSONValue.object([
      "reason": .optional(context.settings.text(PricesCommand.reason)),
      "effective_from": .string(scope.from.description),
      "effective_to": .optional(scope.to?.description),
      "replace_later": .boolean(scope.replacesLater),
      "entries": .integer(list.entryCount), "models": .integer(list.modelCount),
      "prices": .integer(list.prices.count), "conflicts": .integer(list.conflicts.count),
      "problems": .integer(list.problems.count),
      "listed": names(models.listed), "not_listed": names(models.notListed),
    ])
    return PriceCatalog.Source(name, .litellm, sha256: list.sha256, detail: detail.text)
  }
}
