// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Sysexits
import Upkeep

/// `daybook partitions list`.
enum PartitionsListCommand {
  static let declaration = CommandDeclaration(
    ["partitions", "list"], "list the monthly partitions and how each stands",
    options: [PartitionsCommand.table] + Options.table + Options.database,
    details: """
      state: attached, default, detach_pending (a detach was interrupted), or of an expired one how
      far its retirement is: detaching, detached, revoked, archived, verified, shipped. holds: the
      active legal holds on some of its time. indexes: those of the policy's closed_indexes that
      exist, of how many.
      """,
    examples: [("daybook partitions list --table invocations", "months in UTC")], run: list)

  private struct Entry {
    let table: String
    let name: String
    let lower: Timestamp?
    let upper: Timestamp?
    let state: String
    let holds: [PartitionHold]
    var partition: Partition?
    var indexes: (ready: Int, wanted: Int)?
  }

  private static func list(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let only = context.settings.text(PartitionsCommand.table)
    let sets = try context.partitionSets(context.database, of: only, readsSizes: true).sets
    let entries = sets.flatMap(entries)
    let printed = Table(
      [
        .text("table"), .text("partition"), .text("from"), .text("to"), .text("state"),
        .text("holds"), .text("frozen_at"), .number("indexes"), .number("rows_estimate"),
        .number("bytes"),
      ], rows: entries.map(cells))
    try context.list(printed, json: entries.map(json))
    return .success
  }

  /// In order of time; what stands alone among the others, the default partition last.
  private static func entries(_ set: PartitionSet) -> [Entry] {
    let open = set.retirements.filter { $0.state != .dropped }
    var entries = set.partitions.map { partition in
      let retirement = open.first { $0.partitionOID == partition.oid }
      let state =
        retirement?.state.rawValue ?? (partition.isDetachPending ? "detach_pending" : "attached")
      let names = Set(partition.indexes.filter(\.isValid).map(\.name))
      let wanted = set.policy.closedIndexes.map { $0.indexName(on: partition.name) }
      return Entry(
        table: set.table, name: partition.name, lower: partition.lower, upper: partition.upper,
        state: state, holds: partition.holds, partition: partition,
        indexes: (wanted.filter(names.contains).count, wanted.count))
    }
    for retirement in open
    where !set.partitions.contains(where: { $0.oid == retirement.partitionOID }) {
      entries.append(
        Entry(
          table: set.table, name: retirement.partition, lower: retirement.lower,
          upper: retirement.upper, state: retirement.state.rawValue, holds: retirement.holds))
    }
    entries.sort { ($0.lower?.microseconds ?? .min) < ($1.lower?.microseconds ?? .min) }
    if let name = set.defaultPartition?.name {
      entries.append(
        Entry(table: set.table, name: name, lower: nil, upper: nil, state: "default", holds: []))
    }
    return entries
  }

  private static func cells(_ entry: Entry) -> [String?] {
    [
      entry.table, entry.name, entry.lower.map { "\($0)" }, entry.upper.map { "\($0)" },
      entry.state, entry.holds.map { String($0.id) }.joined(separator: ","),
      entry.partition?.frozenAt.map { "\($0)" },
      entry.indexes.map { "\($0.ready)/\($0.wanted)" },
      entry.partition?.rowsEstimate.map { String($0) }, entry.partition.map { String($0.bytes) },
    ]
  }

  private static func json(_ entry: Entry) -> JSONValue {
    .object([
      "table": .string(entry.table), "partition": .string(entry.name),
      "from": .optional(entry.lower.map { "\($0)" }),
      "to": .optional(entry.upper.map { "\($0)" }), "state": .string(entry.state),
      "holds": .array(entry.holds.map { .integer($0.id) }),
      "frozen_at": .optional(entry.partition?.frozenAt.map { "\($0)" }),
      "indexes_ready": entry.indexes.map { .integer($0.ready) } ?? .null,
      "indexes_wanted": entry.indexes.map { .integer($0.wanted) } ?? .null,
      "rows_estimate": entry.partition?.rowsEstimate.map { .integer($0) } ?? .null,
      "bytes": entry.partition.map { .integer($0.bytes) } ?? .null,
    ])
  }
}
