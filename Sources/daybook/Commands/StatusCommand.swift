// SPDX-License-Identifier: Apache-2.0
import Kafka
import Ledger
import Postgres

/// `daybook status`: whether it keeps up, who owns what, what waits for a decision.
enum StatusCommand {
  private static let window = OptionDeclaration(
    "window", "N", kind: .integer(1...86_400), default: "300", unit: "seconds", sources: .flag,
    "the stretch of time that the rate is taken over")

  static let declaration = CommandDeclaration(
    ["status"], "show lag, owners, halts, rate and how far the partitions reach",
    options: [window, Options.json] + Options.kafka + Options.database,
    details: """
      Lag is the end offset at the broker minus the next offset in the database; without brokers, or
      while they are away, it is left out. Exit code 1 if a partition is halted.
      """,
    examples: [
      ("daybook status", "one look"), ("daybook status --json | jq .lag", "for a script"),
    ], run: run)

  /// One Kafka partition with what the broker says about it.
  private struct Line {
    let position: PartitionPosition
    let high: Int64?

    var lag: Int64? { high.map { max(0, $0 - position.nextOffset) } }
  }

  private static func run(_ context: CommandContext) throws(Fault) -> ExitCode {
    let seconds = context.settings.integer(window)
    let (positions, rate, last, runways) = try context.withLedger(context.database) {
      (ledger) throws(PostgresError) in
      (
        try ledger.positions(), try ledger.rate(seconds: seconds), try ledger.lastCommit(),
        try ledger.runways()
      )
    }
    let highs = try highWatermarks(of: positions, context)
    let lines = positions.enumerated().map { index, position in
      Line(position: position, high: highs[index])
    }
    if context.wantsJSON {
      try context.output.line(json(lines, rate, last, runways).text)
    } else {
      try printTables(lines, rate, last, runways, context)
    }
    return lines.contains { $0.position.isHalted } ? .checkFailed : .success
  }

  /// By index of `positions`.
  ///
  /// A broker that is away is a message, not an error: the database still knows the rest.
  private static func highWatermarks(
    of positions: [PartitionPosition], _ context: CommandContext
  ) throws(Fault) -> [Int: Int64] {
    guard context.settings.text(Options.kafkaBrokers) != nil, !positions.isEmpty else { return [:] }
    let settings = try context.kafkaConsumer()
    var highs: [Int: Int64] = [:]
    do throws(KafkaError) {
      let reader = try WatermarkReader(settings)
      for (index, position) in positions.enumerated() {
        highs[index] =
          try reader.watermarks(topic: position.topic, partition: position.partition).high
      }
    } catch {
      context.say("lag is not known: \(error)")
    }
    return highs
  }

  private static func printTables(
    _ lines: [Line], _ rate: BatchRate, _ last: String?, _ runways: [PartitionRunway],
    _ context: CommandContext
  ) throws(Fault) {
    let partitions = Table(
      [
        .text("topic"), .number("partition"), .number("next_offset"), .number("lag"),
        .number("epoch"), .text("state"), .text("owner"), .text("updated_at"),
      ],
      rows: lines.map { line in
        let position = line.position
        return [
          position.topic, String(position.partition), String(position.nextOffset),
          line.lag.map { String($0) } ?? "?", String(position.epoch),
          position.haltReason.map { "halted: \($0)" } ?? "active", position.owner,
          position.updatedAt,
        ]
      })
    try context.output.write(partitions.aligned)
    for line in lines where line.position.isHalted {
      try context.output.write(halt(line.position))
    }
    try context.output.line("")
    try context.output.line("last commit: \(last ?? "none yet")")
    let perSecond = Int64(rate.recordsPerSecond.rounded())
    try context.output.line(
      "last \(rate.seconds) s: \(rate.seen) records in \(rate.batches) batches, "
        + "\(perSecond) records/s; \(rate.stored) stored, \(rate.duplicates) duplicates, "
        + "\(rate.rejected) rejected")
    try context.output.line("")
    let runway = Table(
      [.text("table"), .number("partitions"), .number("months_ahead")],
      rows: runways.map { [$0.table, String($0.partitions), String($0.monthsAhead)] })
    try context.output.write(runway.aligned)
  }

  private static func halt(_ position: PartitionPosition) -> String {
    """

    \(position.topic)/\(position.partition) is halted: \(position.haltReason ?? "") \
    (\(position.haltDetail ?? ""))
      to decide: \(command(for: position))

    """
  }

  private static func command(for position: PartitionPosition) -> String {
    "daybook offsets resume|set --topic \(position.topic) --partition \(position.partition) "
      + "--reason TEXT"
  }

  private static func json(
    _ lines: [Line], _ rate: BatchRate, _ last: String?, _ runways: [PartitionRunway]
  ) -> JSONValue {
    let lags = lines.compactMap(\.lag)
    let total: JSONValue =
      lags.count == lines.count ? .integer(lags.reduce(Int64(0)) { $0 + $1 }) : .null
    return .object([
      "partitions": .array(lines.map(json)), "lag": total, "last_commit": .optional(last),
      "rate": .object([
        "seconds": .integer(rate.seconds), "batches": .integer(rate.batches),
        "seen": .integer(rate.seen), "stored": .integer(rate.stored),
        "duplicates": .integer(rate.duplicates), "rejected": .integer(rate.rejected),
        "records_per_second": .double(rate.recordsPerSecond),
      ]),
      "tables": .array(
        runways.map {
          .object([
            "table": .string($0.table), "partitions": .integer($0.partitions),
            "months_ahead": .integer($0.monthsAhead),
          ])
        }),
    ])
  }

  private static func json(_ line: Line) -> JSONValue {
    let position = line.position
    return .object([
      "cluster_id": .string(position.clusterID), "topic": .string(position.topic),
      "partition": .integer(position.partition), "next_offset": .integer(position.nextOffset),
      "end_offset": line.high.map { .integer($0) } ?? .null,
      "lag": line.lag.map { .integer($0) } ?? .null, "epoch": .integer(position.epoch),
      "owner": .optional(position.owner), "halt_reason": .optional(position.haltReason),
      "halt_detail": .optional(position.haltDetail),
      "decide_with": position.isHalted ? .string(command(for: position)) : .null,
      "updated_at": .string(position.updatedAt),
    ])
  }
}
