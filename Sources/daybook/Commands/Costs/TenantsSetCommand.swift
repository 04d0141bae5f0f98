// SPDX-License-Identifier: Apache-2.0
import Books
import Postgres
import Sysexits

/// `daybook tenants set`.
enum TenantsSetCommand {
  private static let name = OptionDeclaration(
    "name", "TEXT", kind: .text, sources: .flag, "the name on statements and exports; '' for none")
  private static let timeZone = OptionDeclaration(
    "time-zone", "ZONE", kind: .text, sources: .flag,
    "the zone of the billing days, a name of the IANA database such as Europe/Berlin")
  private static let payer = OptionDeclaration(
    "payer", "TEXT", kind: .text, sources: .flag, "the account that pays; '' for none")
  private static let currency = OptionDeclaration(
    "currency", "CODE", kind: .text, sources: .flag,
    "the currency of record, ISO 4217, only shown; '' for none")
  private static let reason = OptionDeclaration(
    "reason", "TEXT", kind: .text, sources: .flag, "why, for the journal (billing_journal)")
  private static let dryRun = OptionDeclaration(
    "dry-run", kind: .toggle, sources: .flag, "show what would be made again and change nothing")

  static let declaration = CommandDeclaration(
    ["tenants", "set"], "change what finance knows of a tenant, such as its time zone",
    operands: "TENANT", count: 1...1,
    options: [
      name, timeZone, payer, currency, reason, dryRun, Options.yes, Options.json,
      Options.databaseURL, Options.adminDatabaseURL, Options.schema,
    ],
    details: """
      What is not given stays. Another time zone makes the rollups of the open months again from the
      records, in one transaction; closed months keep theirs. Ingest waits, for all tenants, while the
      records of the open months are read again: after \(Books.rebuildSecondsMax / 60) minutes it is
      given up and nothing is changed. It is journaled with the reason, and the command asks. Wants a
      login in app_finance.
      """,
    examples: [
      (
        "daybook tenants set acme --time-zone Europe/Berlin --reason 'contract 7' --dry-run",
        "which months would be made again"
      ),
      (
        "daybook tenants set acme --name 'Acme Inc.' --payer 4711 --currency EUR --reason 'new'",
        "who pays"
      ),
    ], run: run)

  private static func run(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let id = context.operands.first ?? ""
    let changes = try changes(context, of: id)
    let why = try context.requiredReason(reason)
    let change = try context.withBooks(context.adminDatabase) {
      (books) throws(PostgresError) in try books.zoneChange(of: id)
    }
    let isMoved = context.settings.text(timeZone).map { change.isMove(to: $0) } ?? false
    if !change.isKnownTenant {
      context.say("note: tenant \(id) has no entry and no costs yet: is the id right?")
    }
    if isMoved { try check(change, of: id) }
    if context.settings.isOn(dryRun) {
      if context.wantsJSON {
        try context.output.line(
          TenantsReport.json(id, change, isRebuilt: isMoved, isDryRun: true).text)
      } else {
        try context.output.write(TenantsReport.plan(id, changes, isMoved ? change : nil))
      }
      return .success
    }
    if isMoved {
      context.say(TenantsReport.plan(id, changes, change))
      try context.confirm()
    }
    let isRebuilt = try context.withBooks(context.adminDatabase) {
      (books) throws(PostgresError) in try books.setTenant(id, changes, reason: why)
    }
    if context.wantsJSON {
      try context.output.line(
        TenantsReport.json(id, change, isRebuilt: isRebuilt, isDryRun: false).text)
    } else {
      try context.output.line(
        isRebuilt
          ? "tenant \(id) was changed, its open months were made again"
          : "tenant \(id) was changed")
    }
    return .success
  }

  /// Column and value; nil takes away. Names are looked up, so that a slip is told before anything
  /// happens.
  private static func changes(
    _ context: CommandContext, of id: String
  ) throws(CommandError) -> [(name: String, value: String?)] {
    guard !id.isEmpty else { throw CommandError(.usage, "the tenant is empty: give its id") }
    let settings = context.settings
    var changes: [(name: String, value: String?)] = []
    for (column, option) in [("display_name", name), ("payer", payer), ("currency", currency)] {
      guard let text = settings.text(option) else { continue }
      changes.append((column, text.isEmpty ? nil : text))
    }
    if let zone = settings.text(timeZone) { changes.append(("time_zone", zone)) }
    guard !changes.isEmpty else {
      throw CommandError(
        .usage, "give --name, --time-zone, --payer or --currency: nothing to change")
    }
    if let zone = settings.text(timeZone) {
      let zones = try context.withBooks(context.adminDatabase) {
        (books) throws(PostgresError) in try books.timeZones()
      }
      guard zones.contains(zone) else {
        let hint = Suggestion.hint(for: zone, among: zones)
        throw CommandError(
          .usage,
          "there is no time zone \(zone)\(hint): give a name of the IANA database, such as "
            + "Europe/Berlin")
      }
    }
    if let code = settings.text(currency), !code.isEmpty {
      let codes = try context.withBooks(context.adminDatabase) {
        (books) throws(PostgresError) in try books.currencies()
      }
      guard codes.contains(code) else {
        let hint = Suggestion.hint(for: code, among: codes)
        throw CommandError(.usage, "there is no currency \(code)\(hint): give a code of ISO 4217")
      }
    }
    return changes
  }

  /// The database refuses these, too; here the answer comes before the question.
  private static func check(_ change: ZoneChange, of id: String) throws(CommandError) {
    if let month = change.reopenedMonth {
      throw CommandError(
        .temporary,
        "month \(month) was reopened and has corrections of \(id) in a later month: "
          + "close it again first (daybook periods close \(month))")
    }
    if change.retiredPartitions > 0 {
      throw CommandError(
        .temporary,
        "records of open months have left with retired partitions, so these months "
          + "cannot be made again: close them first (daybook periods close)")
    }
  }
}
