// SPDX-License-Identifier: Apache-2.0
import Books
import Postgres
import Sysexits

/// `daybook tenants list|show|set`.
enum TenantsCommand {
  static let declarations = [
    CommandDeclaration(
      ["tenants", "list"], "list what finance knows of tenants, with their time zones",
      options: Options.table + Options.database,
      details: "A tenant that is not listed bills by UTC days.",
      examples: [("daybook tenants list --json", "for another program")], run: list),
    CommandDeclaration(
      ["tenants", "show"], "show one tenant with all its time zones and open months",
      operands: "TENANT", count: 1...1, options: [Options.json] + Options.database,
      examples: [("daybook tenants show acme", "who pays, and by whose days")], run: show),
    TenantsSetCommand.declaration,
  ]

  private static func list(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let tenants = try context.withBooks(context.database) { (books) throws(PostgresError) in
      try books.tenants()
    }
    try context.list(TenantsReport.table(tenants), json: tenants.map(TenantsReport.json))
    return .success
  }

  private static func show(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let id = context.operands.first ?? ""
    let (tenant, change) = try context.withBooks(context.database) {
      (books) throws(PostgresError) in
      (try books.tenants(only: id).first, try books.zoneChange(of: id))
    }
    guard tenant != nil || !change.months.isEmpty else {
      try context.requireTenant(id)
      throw CommandError(
        .noInput,
        "tenant \(id) has no entry and no records in open months: see daybook tenants list")
    }
    if context.wantsJSON {
      try context.output.line(TenantsReport.json(id, tenant, change).text)
    } else {
      try context.output.write(TenantsReport.text(id, tenant, change))
    }
    return .success
  }
}
