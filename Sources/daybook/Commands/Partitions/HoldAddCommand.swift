// SPDX-License-Identifier: Apache-2.0
import Postgres
import Sysexits
import Upkeep

/// `daybook hold add`.
enum HoldAddCommand {
  static func run(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let request = try request(context)
    try checkTable(request.table, context)
    if context.settings.isOn(Options.dryRun) {
      let coverage = try coverage(request, context)
      context.say("a hold on \(request.scope.description) would cover")
      context.say(HoldReport.text(coverage))
      try HoldReport.printStatements(context) { $0.statement(toAdd: request) }
      return .success
    }
    let id = try HoldCommand.withBook(context) { (book) throws(PostgresError) in
      try book.add(request)
    }
    // After the commit: looking first would hold locks that a drop waits for. The hold stands, even
    // if the look fails.
    var covered: HoldCoverage?
    do throws(CommandError) { covered = try coverage(request, context) } catch {
      context.say("the hold is placed, but what it covers could not be looked up: \(error)")
    }
    if context.wantsJSON {
      try context.output.line(HoldReport.json(id, request.scope, covered).text)
    } else {
      try context.output.line("hold \(id) is placed on \(request.scope.description)")
      if let covered { try context.output.write(HoldReport.text(covered)) }
    }
    return .success
  }

  private static func coverage(
    _ request: HoldRequest, _ context: CommandContext
  ) throws(CommandError) -> HoldCoverage {
    try HoldCommand.withBook(context) { (book) throws(PostgresError) in
      try book.coverage(of: request.scope)
    }
  }

  private static func request(_ context: CommandContext) throws(CommandError) -> HoldRequest {
    let settings = context.settings
    let request = HoldRequest(
      tenant: settings.text(HoldCommand.tenant), table: settings.text(HoldCommand.table),
      from: settings.text(HoldCommand.from).flatMap(ValueKind.time),
      to: settings.text(HoldCommand.to).flatMap(ValueKind.time),
      reason: try context.requiredReason(HoldCommand.reason),
      matter: settings.text(HoldCommand.matter))
    let isLimited =
      request.tenant != nil || request.table != nil || request.from != nil || request.to != nil
    if isLimited == settings.isOn(HoldCommand.everything) {
      throw CommandError(
        .usage,
        isLimited
          ? "--everything is not limited: leave it out, or tenant, table, from and to"
          : "give --tenant, --table, --from or --to, or say --everything")
    }
    if request.tenant == "" {
      throw CommandError(.usage, "--tenant is empty: give the tenant's id")
    }
    if let from = request.from, let to = request.to, from >= to {
      throw CommandError(.usage, "--from must lie before --to")
    }
    return request
  }

  private static func checkTable(_ name: String?, _ context: CommandContext) throws(CommandError) {
    guard let name else { return }
    let known = try HoldCommand.withBook(context) { (book) throws(PostgresError) in
      try book.tables()
    }
    guard !known.contains(name) else { return }
    let hint = Suggestion.hint(for: name, among: known)
    throw CommandError(
      .usage,
      "there is no partitioned table \(name)\(hint): give one of \(known.joined(separator: ", "))")
  }
}
