// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Postgres

/// The sets while their rows come in.
struct CatalogDraft {
  private let now: Timestamp
  private(set) var sets: [PartitionSet] = []
  private var positions: [String: Int] = [:]
  /// Whether our role may read the rows, by name of the table.
  private var readable: Set<String> = []
  private var mayAskHolds = false

  init(_ rows: [CatalogRow], now: Timestamp) {
    self.now = now
    for row in rows {
      positions[row.text(0)] = sets.count
      sets.append(PartitionSet(policy: Self.policy(row)))
      mayAskHolds = row.isTrue(10)
      let set = sets.count - 1
      sets[set].strayTables = row.list(11)
      sets[set].rowsOutside = row.integer(12)
      sets[set].maintenance.expectedSince = row.time(13)
      for (column, job) in zip(14..., PlannedAction.Job.allCases) {
        sets[set].maintenance.lastSuccess[job] = row.time(column)
      }
    }
  }

  private static func policy(_ row: CatalogRow) -> PartitionPolicy {
    PartitionPolicy(
      table: row.text(0), monthsAhead: Int(row.integer(1)), retentionMonths: Int(row.integer(2)),
      archive: row.text(3) == "none" ? .none(reason: row.text(4)) : .required,
      archiveDirectory: row.optional(5),
      heldRows: PartitionPolicy.HeldRows(rawValue: row.text(6)) ?? .keep,
      closeAfterDays: Int(row.integer(7)),
      closedIndexes: row.list(8).compactMap(IndexSpecification.init), isManaged: row.isTrue(9))
  }

  mutating func addPartition(_ row: CatalogRow) {
    guard let set = positions[row.text(0)] else { return }
    let name = row.text(1)
    if row.isTrue(13) { readable.insert(name) }
    if row.isTrue(6) {
      // Without the right to look, it may have rows.
      sets[set].defaultPartition = PartitionSet.Default(name: name, hasRows: true)
      return
    }
    var partition = Partition(
      name: name, oid: UInt32(truncatingIfNeeded: row.integer(2)), lower: row.time(3),
      upper: row.time(4))
    partition.isDetachPending = row.isTrue(5)
    partition.rowsEstimate = row.optional(7).flatMap { Int64($0) }
    partition.bytes = row.integer(8)
    partition.insertsSinceVacuum = row.integer(9)
    partition.frozenAt = row.time(10)
    partition.indexes = row.list(11).map {
      PartitionIndex(name: String($0.dropFirst()), isValid: $0.hasPrefix("t"))
    }
    partition.holds = row.holds(12)
    sets[set].partitions.append(partition)
  }

  mutating func addRetirement(_ row: CatalogRow) {
    guard let set = positions[row.text(0)], let lower = row.time(4), let upper = row.time(5),
      let state = Retirement.State(rawValue: row.text(6))
    else { return }
    var retirement = Retirement(
      id: row.integer(1), table: row.text(0), partition: row.text(2),
      partitionOID: UInt32(truncatingIfNeeded: row.integer(3)), lower: lower, upper: upper,
      state: state)
    retirement.rowCount = row.optional(7).flatMap { Int64($0) }
    retirement.manifestPath = row.optional(8)
    retirement.attempts = Int(row.integer(9))
    retirement.lastError = row.optional(10)
    retirement.holds = row.holds(11)
    if row.isTrue(12) { readable.insert(retirement.partition) }
    sets[set].retirements.append(retirement)
  }

  /// What has to be asked of rows. Where our role may not look, what could be held counts as held.
  mutating func questions(schema: String) -> [RowQuestion] {
    var questions: [RowQuestion] = []
    func ask(
      _ subject: RowQuestion.Subject, _ set: Int, _ name: String, _ lower: Timestamp?,
      _ upper: Timestamp?, _ condition: String?
    ) {
      questions.append(
        RowQuestion(
          subject: subject, number: questions.count, table: sets[set].table,
          relation: SQL.qualified(schema, name), lower: lower,
          upper: upper, condition: condition))
    }
    for set in sets.indices {
      if let name = sets[set].defaultPartition?.name, readable.contains(name) {
        ask(.defaultPartition(set: set), set, name, nil, nil, "true")
      }
      for (index, partition) in sets[set].partitions.enumerated()
      where !partition.holds.isEmpty && partition.isExpired(by: sets[set].policy, at: now) {
        sets[set].partitions[index].hasHeldRows = true
        guard mayAskHolds, readable.contains(partition.name) else { continue }
        ask(
          .partition(set: set, index), set, partition.name, partition.lower, partition.upper, nil)
      }
      for (index, retirement) in sets[set].retirements.enumerated()
      where !retirement.holds.isEmpty && retirement.state != .dropped {
        sets[set].retirements[index].hasHeldRows = true
        guard mayAskHolds, readable.contains(retirement.partition) else { continue }
        ask(
          .retirement(set: set, index), set, retirement.partition, retirement.lower,
          retirement.upper, nil)
      }
    }
    return questions
  }

  mutating func answer(_ subject: RowQuestion.Subject, _ isThere: Bool) {
    switch subject {
    case .defaultPartition(let set):
      guard let name = sets[set].defaultPartition?.name else { return }
      sets[set].defaultPartition = PartitionSet.Default(name: name, hasRows: isThere)
    case .partition(let set, let index): sets[set].partitions[index].hasHeldRows = isThere
    case .retirement(let set, let index): sets[set].retirements[index].hasHeldRows = isThere
    }
  }
}
