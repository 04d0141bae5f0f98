// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Postgres
import Sysexits
import Upkeep

/// `daybook policy set`.
enum PolicySetCommand {
  static let monthsAhead = OptionDeclaration(
    "months-ahead", "N", kind: .integer(1...24), sources: .flag,
    "partitions kept ready after the current month; the last one is made when a month begins")
  static let retentionMonths = OptionDeclaration(
    "retention-months", "N", kind: .integer(1...1200), sources: .flag,
    "full months kept before the current one")
  private static let archive = OptionDeclaration(
    "archive", "required|none", kind: .choice(["required", "none"]), sources: .flag,
    "whether an expired partition is archived before it is dropped")
  private static let noArchiveReason = OptionDeclaration(
    "no-archive-reason", "TEXT", kind: .text, sources: .flag, "why no archive is wanted")
  private static let directory = OptionDeclaration(
    "archive-directory", "DIR|default", kind: .text, sources: .flag,
    "where archives go, absolute; default: the setting archive_dir of the maintenance host")
  private static let heldRows = OptionDeclaration(
    "held-rows", "keep|carve", kind: .choice(["keep", "carve"]), sources: .flag,
    "what becomes of an expired partition with rows under legal hold")
  private static let closeAfterDays = OptionDeclaration(
    "close-after-days", "N", kind: .integer(0...366), sources: .flag,
    "days after its month when a partition is frozen and indexed")
  private static let closedIndex = OptionDeclaration(
    "closed-index", "SPEC|none", kind: .text, repeatable: true, sources: .flag,
    "a read index of closed partitions, as 'gin (metadata jsonb_path_ops)'; all are replaced")
  private static let managed = OptionDeclaration(
    "managed", "true|false", kind: .choice(["true", "false"]), sources: .flag,
    "false while another tool maintains the table")
  static let reason = OptionDeclaration(
    "reason", "TEXT", kind: .text, sources: .flag, "why, for the journal (partition_journal)")

  static let declaration = CommandDeclaration(
    ["policy", "set"], "change how a partitioned table is kept",
    options: [
      PartitionsCommand.table, monthsAhead, retentionMonths, archive, noArchiveReason, directory,
      heldRows, closeAfterDays, closedIndex, managed, reason, Options.dryRun, Options.yes,
      Options.databaseURL, Options.adminDatabaseURL, Options.schema,
    ],
    details: """
      Journaled with the reason. What is not given stays. When partitions expire by the change,
      they are named, and the command asks.
      """,
    examples: [
      (
        "daybook policy set --table invocations --retention-months 24 --reason 'contract 7'",
        "keep two years"
      ),
      (
        "daybook policy set --table invocations --held-rows carve --reason 'case 9' --dry-run",
        "print the SQL only"
      ),
    ], run: run)

  private static func run(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let table = try context.settings.required(PartitionsCommand.table)
    let why = try context.requiredReason(reason)
    let (now, sets) = try context.partitionSets(context.adminDatabase, of: table)
    guard let set = sets.first else { throw CommandError(.noInput, "\(table) has no policy") }
    let change = PolicyChange(
      old: set.policy, new: try changed(set.policy, context.settings), reason: why)
    guard !change.differences.isEmpty else {
      throw CommandError(.usage, "\(table) is kept like that already: nothing to change")
    }
    for difference in change.differences {
      context.say("\(table): \(difference.column) \(difference.old) → \(difference.new)")
    }
    try checkColumns(context, change)
    let statements = change.statements(schema: context.schema)
    if context.settings.isOn(Options.dryRun) {
      announceExpired(context, set, change.new, now)
      try context.output.line(
        (["BEGIN"] + statements + ["COMMIT"]).map { $0 + ";" }.joined(separator: "\n"))
      return .success
    }
    if announceExpired(context, set, change.new, now) { try context.confirm() }
    let tag = try context.withTransaction(context.adminDatabase) {
      (connection) throws(PostgresError) in
      try connection.execute(statements.joined(separator: ";\n")).commandTag
    }
    guard tag == "UPDATE 1" else {
      throw CommandError(.temporary, "the policy of \(table) is gone: see daybook policy list")
    }
    try context.output.line("the policy of \(table) was changed")
    return .success
  }

  private static func changed(
    _ old: PartitionPolicy, _ settings: Settings
  ) throws(CommandError) -> PartitionPolicy {
    var new = old
    if let value = settings.text(monthsAhead).flatMap({ Int($0) }) { new.monthsAhead = value }
    if let value = settings.text(retentionMonths).flatMap({ Int($0) }) {
      new.retentionMonths = value
    }
    if let value = settings.text(closeAfterDays).flatMap({ Int($0) }) { new.closeAfterDays = value }
    if let value = settings.text(heldRows).flatMap(PartitionPolicy.HeldRows.init) {
      new.heldRows = value
    }
    if let value = settings.text(managed) { new.isManaged = value == "true" }
    if let value = settings.text(directory) {
      guard value == "default" || value.hasPrefix("/") else {
        throw CommandError(.usage, "--archive-directory \(value): give an absolute path or default")
      }
      new.archiveDirectory = value == "default" ? nil : value
    }
    new.archive = try archive(old, settings)
    let specifications = settings.values(closedIndex)
    if !specifications.isEmpty { new.closedIndexes = try indexes(specifications) }
    return new
  }

  private static func archive(
    _ old: PartitionPolicy, _ settings: Settings
  ) throws(CommandError) -> PartitionPolicy.Archive {
    let words = settings.text(noArchiveReason)
    switch settings.text(archive) {
    case "required":
      guard words == nil else {
        throw CommandError(.usage, "--no-archive-reason goes with --archive none")
      }
      return .required
    case "none":
      guard let words, words.contains(where: { !$0.isWhitespace }) else {
        throw CommandError(
          .usage, "--archive none wants --no-archive-reason: rows go without a copy")
      }
      return .none(reason: words)
    default:
      guard words == nil else {
        throw CommandError(.usage, "--no-archive-reason goes with --archive none")
      }
      return old.archive
    }
  }

  private static func indexes(_ texts: [String]) throws(CommandError) -> [IndexSpecification] {
    if texts == ["none"] { return [] }
    var found: [IndexSpecification] = []
    for text in texts {
      guard let specification = IndexSpecification(text) else {
        throw CommandError(
          .usage,
          "--closed-index \(text): give method (column [operator class], …), method one of "
            + IndexSpecification.methods.joined(separator: ", "))
      }
      if !found.contains(specification) { found.append(specification) }
    }
    return found
  }

  /// A column that the table does not have would fail in every run of maintenance.
  private static func checkColumns(
    _ context: CommandContext, _ change: PolicyChange
  ) throws(CommandError) {
    let wanted = Set(change.new.closedIndexes.flatMap { $0.keys.map(\.column) })
    guard !wanted.isEmpty, change.new.closedIndexes != change.old.closedIndexes else { return }
    let known = try context.withTransaction(context.adminDatabase, readOnly: true) {
      (connection) throws(PostgresError) -> [String] in
      let result = try connection.query(
        """
        SELECT attname FROM pg_attribute WHERE attnum > 0 AND NOT attisdropped
          AND attrelid = to_regclass(format('%I.%I', $1::text, $2::text))
        """, [context.schema, change.new.table])
      return (0..<result.rowCount).compactMap { result.text($0, 0) }
    }
    for column in wanted.subtracting(known).sorted() {
      let hint = Suggestion.hint(for: column, among: known)
      throw CommandError(.usage, "\(change.new.table) has no column \(column)\(hint)")
    }
  }

  /// Says which partitions the new policy lets go; whether there are any.
  @discardableResult
  private static func announceExpired(
    _ context: CommandContext, _ set: PartitionSet, _ new: PartitionPolicy, _ now: Timestamp
  ) -> Bool {
    guard new.isManaged else { return false }
    // What has waited for an archive, or for a hold, goes too.
    let isWeaker =
      (set.policy.archive == .required && new.archive != .required)
      || (set.policy.heldRows == .keep && new.heldRows == .carve)
    let expired = set.partitions.filter {
      $0.isExpired(by: new, at: now)
        && (isWeaker || !$0.isExpired(by: set.policy, at: now) || !set.policy.isManaged)
    }
    let leaving = isWeaker ? set.retirements.filter { $0.state != .dropped } : []
    guard !expired.isEmpty || !leaving.isEmpty else { return false }
    for partition in expired {
      let rows = partition.rowsEstimate.map { "about \($0) rows" } ?? "rows not counted yet"
      context.say("\(partition.name) expires: \(rows)")
    }
    for retirement in leaving {
      let rows = retirement.rowCount.map { "\($0) rows" } ?? "rows not counted yet"
      context.say(
        "\(retirement.partition) is on its way out (\(retirement.state.rawValue)): \(rows)")
    }
    let archive = new.archive == .required ? "after their archive was verified" : "without archive"
    context.say("the next maintenance drops what has expired, \(archive)")
    return true
  }
}
