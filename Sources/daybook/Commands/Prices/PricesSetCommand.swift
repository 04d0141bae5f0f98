// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Postgres
import PriceCatalog
import Pricing
import Sysexits

/// `daybook prices set` and `daybook prices end`.
enum PricesSetCommand {
  private static let per = OptionDeclaration(
    "per", "N", kind: .choice(["1", "1000", "1000000"]), default: "1", sources: .flag,
    "the prices given are for so many tokens")
  private static let currency = OptionDeclaration(
    "currency", "CODE", kind: .text, default: "USD", sources: .flag, "ISO 4217 code")

  /// One option for each rate.
  static var rates: [(option: OptionDeclaration, rate: WritableKeyPath<PriceRates, UnitPrice?>)] {
    [
      (rate("input", "input token"), \.input),
      (rate("output", "output token"), \.output),
      (rate("cache-read", "token read from a cache; without it the input price"), \.cacheReadInput),
      (
        rate("cache-creation", "token written to a five-minute cache; without it the input price"),
        \.cacheCreationInput
      ),
      (
        rate("cache-creation-1h", "token written to a one-hour cache; without it the one before"),
        \.cacheCreation1hInput
      ),
      (rate("reasoning", "token of reasoning; without it the output price"), \.reasoningOutput),
      (rate("audio-input", "audio token of input; without it the input price"), \.audioInput),
      (rate("audio-output", "audio token of output; without it the output price"), \.audioOutput),
      (
        rate("cache-read-audio", "audio token read from a cache; without it --cache-read"),
        \.cacheReadAudioInput
      ),
      (
        rate("cache-creation-audio", "audio token written to a cache; without it --cache-creation"),
        \.cacheCreationAudioInput
      ),
    ]
  }

  static let declarations = [
    CommandDeclaration(
      ["prices", "set"], "enter a price by hand", operands: "PROVIDER/MODEL", count: 1...1,
      options: rates.map(\.option) + [
        per, currency, PricesCommand.region, PricesCommand.tier, PricesCommand.minInputTokens,
        PricesCommand.effectiveFrom, PricesCommand.effectiveTo, PricesCommand.source,
        PricesCommand.reason, PricesCommand.dryRun, Options.yes, Options.json,
      ] + Options.database,
      details: """
        The price takes the range from --effective-from to --effective-to of its model, region, tier
        and threshold; what was in force there is replaced, never edited. Prices are exact decimals, at
        most 24 of them behind the point. Without --region it takes the regions along for which a price
        list has prices of its own; one with a price by hand keeps it for its time, and is named.
        Imports leave models with such a price alone while it has no end, without --region in every
        region, and else its range. Asks before a rate that is more than ten times the model's last
        one or less than a tenth of it, and before a model that neither the catalogue nor a call
        knows; --yes does not ask. Wants a login in app_finance.
        """,
      examples: [
        (
          "daybook prices set openai/gpt-5 --input 1.10 --output 8.80 --per 1000000 "
            + "--reason 'contract 7'", "per million tokens"
        ),
        (
          "daybook prices set openai/gpt-5 --tier batch --input 5e-7 --output 4e-6 --reason 'list'",
          "batches, from today on"
        ),
      ], run: set),
    CommandDeclaration(
      ["prices", "end"], "let a price end: calls from then on have none of it",
      operands: "PROVIDER/MODEL", count: 1...1,
      options: [
        PricesCommand.region, PricesCommand.tier, PricesCommand.minInputTokens,
        PricesCommand.effectiveFrom, PricesCommand.source, PricesCommand.reason,
        PricesCommand.dryRun, Options.json,
      ] + Options.database,
      details: """
        A tier that ends has the price of the standard tier from then on. Without --region the
        prices of a list end along in all regions, and those that came with the price that ends; a
        region with a price by hand keeps it for its time, and is named.
        """,
      examples: [
        ("daybook prices end openai/gpt-5 --tier batch --reason 'no discount'", "from today on")
      ], run: end),
  ]

  private static func rate(_ name: String, _ what: String) -> OptionDeclaration {
    OptionDeclaration(name, "PRICE", kind: .text, sources: .flag, "per \(what)")
  }

  private static func set(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let settings = context.settings
    let key = try PricesCommand.key(context)
    guard let code = CurrencyCode((settings.text(currency) ?? "").utf8),
      code.description != "XXX"
    else {
      throw CommandError(
        .usage, "--currency: give three upper-case letters of ISO 4217, such as USD")
    }
    var given = PriceRates()
    for (option, rate) in rates {
      guard let text = settings.text(option) else { continue }
      given[keyPath: rate] = try price(text, option, per: settings.text(per) ?? "1")
    }
    guard given.hasBaseRate else {
      throw CommandError(.usage, "give at least --input, --output, --audio-input or --audio-output")
    }
    let from = PricesCommand.firstInstant(settings)
    let to = try PricesCommand.end(settings, after: from)
    return try apply(
      context,
      PriceChange(key, currency: code, rates: given, effectiveFrom: from, effectiveTo: to))
  }

  private static func end(_ context: CommandContext) throws(CommandError) -> ExitCode {
    guard let code = CurrencyCode("USD".utf8) else { return .software }
    return try apply(
      context,
      PriceChange(
        try PricesCommand.key(context), currency: code, rates: nil,
        effectiveFrom: PricesCommand.firstInstant(context.settings)))
  }

  /// The text is shifted by the digits of `per`, which no division can round.
  private static func price(
    _ text: String, _ option: OptionDeclaration, per: String
  ) throws(CommandError) -> UnitPrice {
    let number = text.lowercased()
    let parts = number.split(separator: "e", maxSplits: 1, omittingEmptySubsequences: false)
    let exponent = parts.count == 2 ? Int(parts[1]) ?? 0 : 0
    var shifted = number
    if per != "1", parts.count == 1 || Int(parts[1]) != nil {
      shifted = "\(parts[0])e\(max(-100_000, min(100_000, exponent)) - (per.count - 1))"
    }
    do throws(UnitPriceError) {
      // Typed throws do not pass through withUnsafeBytes.
      let result = unsafe Array(shifted.utf8).withUnsafeBytes { bytes in
        Result { () throws(UnitPriceError) in try unsafe UnitPrice(parsing: bytes) }
      }
      return try result.get()
    } catch {
      throw CommandError(.usage, "\(option.flag) \(text) for \(per) tokens: \(error) for one token")
    }
  }

  private static func apply(
    _ context: CommandContext, _ change: PriceChange
  ) throws(CommandError) -> ExitCode {
    let isDryRun = context.settings.isOn(PricesCommand.dryRun)
    let source = try PricesCommand.manualSource(context)
    let (old, version, doubts, regions, dated) = try PricesCommand.withCatalog(context) {
      (catalog, connection) throws(PostgresError) in
      let version = try catalog.version(&connection)
      let entries = try catalog.entries(&connection, asOf: version)
      let regions = RegionalChange(
        change, entries, manualVersions: try catalog.manualVersions(&connection))
      let changes = Dictionary(grouping: [change] + regions.changes, by: \.key)
      let old =
        entries.filter { entry in (changes[entry.key] ?? []).contains(where: entry.overlaps) }
        .sorted { ($0.key, $0.effectiveFrom) < ($1.key, $1.effectiveFrom) }
      var doubts = PriceDoubt.all(change, entries)
      if doubts == [.newModel], try catalog.isUsed(&connection, change, entries) { doubts = [] }
      let dated = change.rates == nil ? [] : change.datedModels(entries)
      return (old, version, doubts, regions, dated)
    }
    guard change.rates != nil || !old.isEmpty else {
      throw CommandError(
        .noInput,
        "no price of \(PriceReport.name(change.key)) is in force from \(change.effectiveFrom) on")
    }
    for doubt in doubts { context.say(words(doubt, change)) }
    for key in regions.kept {
      context.say("\(PriceReport.name(key)) keeps the price that was entered by hand for it")
    }
    for key in dated {
      context.say("\(PriceReport.name(key)) is another model, and keeps its own price")
    }
    guard !isDryRun else {
      return try report(context, change, regions, dated, replacing: old, version, isDryRun)
    }
    if !doubts.isEmpty { try context.confirm() }
    let entered = try PricesCommand.withCatalog(context) {
      (catalog, connection) throws(PostgresError) in
      try catalog.change(
        &connection, expectedVersion: version, source: source, prices: [change] + regions.changes)
    }
    return try report(context, change, regions, dated, replacing: old, entered, isDryRun)
  }

  private static func words(_ doubt: PriceDoubt, _ change: PriceChange) -> String {
    switch doubt {
    case .newModel:
      "no call used \(PriceReport.name(change.key)), and the catalogue does not know it"
    case .farFromLast(let column, let last, let new):
      "\(PriceReport.label(column)) \(PriceReport.perMillion(new)) \(change.currency) "
        + "\(PriceReport.unit) differs from the last one, \(PriceReport.perMillion(last)), by more "
        + "than ten times"
    }
  }

  private static func report(
    _ context: CommandContext, _ change: PriceChange, _ regions: RegionalChange,
    _ dated: [PriceKey], replacing old: [PriceEntry], _ version: Int64, _ isDryRun: Bool
  ) throws(CommandError) -> ExitCode {
    if context.wantsJSON {
      try context.output.line(
        JSONValue.object([
          "dry_run": .boolean(isDryRun), "version": .integer(version),
          "price": PriceReport.json(change.key, change.rates),
          "regions": .array(regions.changedRegions.map { .string($0) }),
          "kept_regions": .array(regions.keptRegions.map { .string($0) }),
          "kept_dated": .array(dated.map { .string($0.model) }),
          "effective_from": .string(change.effectiveFrom.description),
          "effective_to": .optional(change.effectiveTo?.description),
          "replaced": .array(old.map(PriceReport.json)),
        ]).text)
      return .success
    }
    for entry in old {
      let to = entry.effectiveTo.map(PriceEntry.instantText) ?? "further notice"
      try context.output.line(
        "- \(PriceReport.name(entry.key))  \(PriceReport.text(entry.rates)) \(entry.currency) "
          + "\(PriceReport.unit), from "
          + "\(PriceEntry.instantText(entry.effectiveFrom)) to \(to)")
    }
    for entered in [change] + regions.changes { try context.output.line(line(entered)) }
    try context.output.line(
      isDryRun ? "nothing was changed" : "the catalogue is at version \(version)")
    return .success
  }

  private static func line(_ change: PriceChange) -> String {
    let end = change.effectiveTo.map(PriceEntry.instantText)
    let name = PriceReport.name(change.key)
    guard let rates = change.rates else {
      let text = "the price of \(name) ends at \(change.effectiveFrom)"
      return end.map { "\(text), up to \($0)" } ?? text
    }
    return "+ \(name)  \(PriceReport.text(rates)) \(change.currency) "
      + "\(PriceReport.unit), from \(change.effectiveFrom) to \(end ?? "further notice")"
  }
}
