// SPDX-License-Identifier: Apache-2.0
import Ledger
import Postgres
import Sysexits

/// `daybook offsets list|resume|set|forget`: an operator decides about a halted partition.
enum OffsetsCommand {
  private static let topic = OptionDeclaration(
    "topic", "NAME", kind: .text, sources: .flag, "the topic")
  private static let partition = OptionDeclaration(
    "partition", "P", kind: .integer(0...Int(Int32.max)), sources: .flag, "the Kafka partition")
  static let cluster = OptionDeclaration(
    "cluster", "ID", kind: .text, sources: .flag,
    "Kafka's cluster id, if the topic is known from more than one")
  static let clusterGone = OptionDeclaration(
    "cluster-gone", kind: .toggle, sources: .flag,
    "the cluster of the position is no more: ask no brokers")
  private static let target = OptionDeclaration(
    "to", "N|low|high", kind: .text, sources: .flag,
    "the next offset; low and high are the first that exists and the end, asked from the broker")
  private static let reason = OptionDeclaration(
    "reason", "TEXT", kind: .text, sources: .flag, "why, for the journal (offset_changes)")
  private static let accepted = OptionDeclaration(
    "accept-rejects-until", "N|high", kind: .text, sources: .flag,
    "refused records before this offset do not halt it again; high is the end, asked from the broker"
  )
  private static let ofPartition = [topic, partition, cluster, reason, Options.dryRun, Options.yes]
  private static let direct = [Options.databaseURL, Options.adminDatabaseURL, Options.schema]

  static let declarations = [
    CommandDeclaration(
      ["offsets", "list"], "list the position of every Kafka partition",
      options: Options.table + Options.database,
      examples: [("daybook offsets list", "positions, epochs, owners, halts")], run: list),
    CommandDeclaration(
      ["offsets", "resume"], "let a halted partition go on where it stands",
      options: ofPartition + [accepted] + Options.kafka + direct,
      details: "Journaled. The epoch goes up, so that a live owner is fenced and claims again.",
      examples: [
        (
          "daybook offsets resume --topic calls.v1 --partition 3 --reason 'producer stopped'",
          "after the cause is gone"
        ),
        (
          "daybook offsets resume --topic t --partition 3 --accept-rejects-until high --reason bad",
          "refuse what is bad up to the present end without halting again"
        ),
      ], run: resume),
    CommandDeclaration(
      ["offsets", "set"], "let a partition go on at another offset",
      options: ofPartition + [target] + Options.kafka + direct,
      details: """
        Forward skips records, back reads them again (they become duplicates). Journaled; the epoch
        goes up, so that a live owner is fenced and claims again.
        """,
      examples: [
        (
          "daybook offsets set --topic calls.v1 --partition 3 --to low --reason 'retention'",
          "accept what retention has deleted"
        )
      ], run: set),
    CommandDeclaration(
      ["offsets", "forget"], "remove the position of a partition that its topic has no more",
      options: ofPartition + [clusterGone] + Options.kafka + direct,
      details: """
        Only of partitions that were halted with partition_count_shrank, and that the brokers of their
        cluster do not have. Journaled. A partition of that number that comes later begins at its
        first record.
        """,
      examples: [
        (
          "daybook offsets forget --topic calls.v1 --partition 3 --reason 'made again with 3'",
          "after the topic was made again"
        )
      ], run: forget),
  ]

  private static func list(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let positions = try context.withLedger(context.database) { (ledger) throws(PostgresError) in
      try ledger.positions().filter { !$0.isOwnStream }
    }
    let names = [
      "cluster_id", "topic", "partition", "next_offset", "epoch", "owner", "halt_reason",
      "halt_detail", "updated_at",
    ]
    let numbers: Set = ["partition", "next_offset", "epoch"]
    let rows = positions.map { position -> [String?] in
      [
        position.clusterID, position.topic, String(position.partition),
        String(position.nextOffset), String(position.epoch), position.owner, position.haltReason,
        position.haltDetail, position.updatedAt,
      ]
    }
    try context.list(
      Table(names.map { numbers.contains($0) ? .id($0) : .text($0) }, rows: rows),
      json: rows.map { row in
        .object(
          zip(names, row).map { name, value in
            let number = numbers.contains(name) ? value.flatMap { Int64($0) } : nil
            return .init(name: name, value: number.map { .integer($0) } ?? .optional(value))
          })
      })
    return .success
  }

  private static func resume(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let position = try find(context)
    guard position.isHalted else {
      throw CommandError(.usage, "\(name(position)) is not halted: there is nothing to resume")
    }
    let until = try context.settings.text(accepted).map { (goal) throws(CommandError) in
      try offset(goal, of: position, accepted, context)
    }
    if let until, until <= position.nextOffset {
      throw CommandError(
        .usage,
        "--accept-rejects-until \(until): \(name(position)) goes on at \(position.nextOffset), give a "
          + "later offset")
    }
    return try decide(
      context, position, .resume, newOffset: position.nextOffset, acceptsRejectsUntil: until)
  }

  private static func forget(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let position = try find(context)
    guard position.haltReason == "partition_count_shrank" else {
      throw CommandError(
        .usage, "\(name(position)) was not halted because its topic shrank: decide with offsets set"
      )
    }
    if !context.settings.isOn(clusterGone), try isThere(position, context) {
      throw CommandError(.usage, "the brokers have \(name(position)): decide with offsets set")
    }
    return try decide(context, position, .forget, newOffset: 0)
  }

  private static func set(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let goal = try context.settings.required(target)
    let position = try find(context)
    let newOffset = try offset(goal, of: position, target, context)
    return try decide(context, position, .set, newOffset: newOffset)
  }

  /// A number, or one of the words that the option's value name has.
  private static func offset(
    _ goal: String, of position: PartitionPosition, _ option: OptionDeclaration,
    _ context: CommandContext
  ) throws(CommandError) -> Int64 {
    let words = option.valueName.split(separator: "|").dropFirst()
    if words.contains(Substring(goal)) {
      let marks = try watermarks(position, context)
      return goal == "low" ? marks.low : marks.high
    }
    guard let number = Int64(goal), number >= 0 else {
      throw CommandError(
        .usage, "\(option.flag) \(goal): give an offset or \(words.joined(separator: " or "))")
    }
    return number
  }

  private static func find(_ context: CommandContext) throws(CommandError) -> PartitionPosition {
    _ = try context.requiredReason(reason)
    let wantedTopic = try context.settings.required(topic)
    let wantedPartition = Int64(try context.settings.required(partition))
    let wantedCluster = context.settings.text(cluster)
    let all = try context.withLedger(context.adminDatabase) { (ledger) throws(PostgresError) in
      try ledger.positions()
    }
    let found = all.filter {
      $0.topic == wantedTopic && $0.partition == wantedPartition
        && (wantedCluster == nil || $0.clusterID == wantedCluster)
    }
    if let own = found.first(where: \.isOwnStream) {
      throw CommandError(
        .usage, "\(name(own)) is Daybook's own stream of events, not Kafka's: nobody decides on it")
    }
    guard let position = found.first else {
      let hint = Suggestion.hint(for: wantedTopic, among: Set(all.map(\.topic)).sorted())
      throw CommandError(
        .noInput,
        "no position of \(wantedTopic)/\(wantedPartition ?? 0)\(hint): see daybook offsets list")
    }
    guard found.count == 1 else {
      let clusters = found.map(\.clusterID).joined(separator: ", ")
      throw CommandError(
        .usage, "\(name(position)) is known from several clusters: give --cluster (\(clusters))")
    }
    return position
  }

  private static func decide(
    _ context: CommandContext, _ position: PartitionPosition, _ action: OffsetDecision.Action,
    newOffset: Int64, acceptsRejectsUntil: Int64? = nil
  ) throws(CommandError) -> ExitCode {
    let decision = OffsetDecision(
      position: position, action: action, newOffset: newOffset,
      acceptsRejectsUntil: acceptsRejectsUntil,
      reason: try context.requiredReason(reason))
    let isDry = context.settings.isOn(Options.dryRun)
    context.say(effect(decision))
    if !isDry { try context.confirm() }
    let isDone = try context.withLedger(context.adminDatabase, wants: "app_maintain") {
      (ledger) throws(PostgresError) in
      isDry ? nil : try ledger.decide(decision)
    }
    guard let isDone else {
      let statements = try context.withLedger(context.adminDatabase) {
        $0.statements(for: decision)
      }
      try context.output.line(
        (["BEGIN"] + statements + ["COMMIT"]).map { $0 + ";" }.joined(separator: "\n"))
      return .success
    }
    guard isDone else {
      throw CommandError(
        .temporary, "\(name(position)) has moved meanwhile: look again and decide again")
    }
    try context.output.line(
      action == .forget
        ? "\(name(position)) is forgotten" : "\(name(position)) goes on at offset \(newOffset)")
    return .success
  }

  private static func effect(_ decision: OffsetDecision) -> String {
    let name = "\(decision.topic)/\(decision.partition)"
    if decision.action == .forget {
      return "\(name): its position \(decision.oldOffset) is removed; what was stored stays"
    }
    if let until = decision.acceptsRejectsUntil {
      return
        "\(name): goes on at \(decision.oldOffset), refused records before \(until) do not halt it"
    }
    if decision.newOffset > decision.oldOffset {
      let count = decision.newOffset - decision.oldOffset
      return "\(name): offsets \(decision.oldOffset)..<\(decision.newOffset) are skipped "
        + "(\(count) offsets will not be stored)"
    }
    if decision.newOffset < decision.oldOffset {
      return "\(name): offsets \(decision.newOffset)..<\(decision.oldOffset) are read again"
    }
    return "\(name): goes on at \(decision.oldOffset)"
  }

  private static func name(_ position: PartitionPosition) -> String {
    "\(position.topic)/\(position.partition)"
  }
}
