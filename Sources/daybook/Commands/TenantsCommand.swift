// SPDX-License-Identifier: Apache-2.0
import Books
import Postgres

/// `daybook tenants list|show|set`.
enum TenantsCommand {
  static let declarations = [
    CommandDeclaration(
      ["tenants", "list"], "list what finance knows of tenants, with their time zones",
      options: [Options.json] + Options.database,
      details: "A tenant that is not listed bills by UTC days.",
      examples: [("daybook tenants list --json", "for another program")], run: list),
    CommandDeclaration(
      ["tenants", "show"], "show one tenant with all its time zones and open months",
      operands: "TENANT", count: 1...1, options: [Options.json] + Options.database,
      examples: [("daybook tenants show acme", "who pays, and by whose days")], run: show),
    TenantsSetCommand.declaration,
  ]

  /// Runs `body` with the books; the connection ends with it.
  static func withBooks<Result>(
    _ context: CommandContext, _ database: ConnectionSettings,
    _ body: (inout Books) throws(PostgresError) -> Result
  ) throws(Fault) -> Result {
    do throws(PostgresError) {
      var books = Books(try Connection(database), schema: context.schema)
      return try body(&books)
    } catch {
      switch error.sqlState {
      case .insufficientPrivilege:
        throw Fault(
          .noPermission, "postgres: \(error.message); use a login that is a member of app_finance")
      case .lockNotAvailable:
        throw Fault(
          .temporary, "batches or another change of the books are under way; try again")
      default: throw Fault(error)
      }
    }
  }

  private static func list(_ context: CommandContext) throws(Fault) -> ExitCode {
    let tenants = try withBooks(context, context.database) { (books) throws(PostgresError) in
      try books.tenants()
    }
    try context.list(TenantsReport.table(tenants), json: tenants.map(TenantsReport.json))
    return .success
  }

  private static func show(_ context: CommandContext) throws(Fault) -> ExitCode {
    let id = context.operands.first ?? ""
    let (tenant, change) = try withBooks(context, context.database) {
      (books) throws(PostgresError) in
      (try books.tenants(only: id).first, try books.zoneChange(of: id))
    }
    guard tenant != nil || !change.months.isEmpty else {
      throw Fault(
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
