// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Upkeep

/// A catalogue in memory to which actions happen as the server and the executor would do them.
struct SimulatedCatalogue {
  var sets: [PartitionSet]
  private var nextOID: UInt32 = 16_384

  init(_ policies: [PartitionPolicy]) {
    sets = policies.map { PartitionSet(policy: $0) }
  }

  /// The policies that the migrations make.
  static let defaultPolicies = [
    PartitionPolicy(
      table: "audit_logs", retentionMonths: 72,
      closedIndexes: [
        "gin (metadata jsonb_path_ops)", "brin (ingested_at)", "btree (actor_id, occurred_at)",
        "btree (request_id)",
      ].compactMap(IndexSpecification.init)),
    PartitionPolicy(table: "ingest_batches", retentionMonths: 13),
    PartitionPolicy(
      table: "invocations", retentionMonths: 13,
      closedIndexes: [
        "gin (metadata jsonb_path_ops)", "brin (ingested_at)", "btree (user_id, occurred_at)",
      ].compactMap(IndexSpecification.init)),
    PartitionPolicy(table: "rejected_records", retentionMonths: 3),
  ]

  func plan(_ now: Timestamp, hasArchivePlace: Bool = true) -> Plan {
    PartitionPlan.make(sets, now: now, schema: "public", hasArchivePlace: hasArchivePlace)
  }

  mutating func apply(_ action: PlannedAction, _ now: Timestamp) {
    guard let set = sets.firstIndex(where: { $0.table == action.table }) else { return }
    let index = sets[set].partitions.firstIndex { $0.name == action.partition }
    switch action.kind {
    case .create(let month): attach(month, to: set, named: action.partition)
    case .detach, .finalize:
      if let index { retire(sets[set].partitions.remove(at: index), of: set) }
    case .detachDefault: sets[set].defaultPartition = nil
    case .advance(let state):
      if let index { sets[set].partitions.remove(at: index) }
      for open in sets[set].retirements.indices
      where sets[set].retirements[open].partition == action.partition
        && sets[set].retirements[open].state != .dropped
      {
        sets[set].retirements[open].state = state
      }
    case .keep: break
    case .freeze:
      if let index {
        sets[set].partitions[index].frozenAt = now
        sets[set].partitions[index].insertsSinceVacuum = 0
      }
    case .dropInvalidIndex(let name):
      if let index { sets[set].partitions[index].indexes.removeAll { $0.name == name } }
    case .createIndex(let specification):
      if let index {
        let name = specification.indexName(on: action.partition)
        sets[set].partitions[index].indexes.append(PartitionIndex(name: name, isValid: true))
      }
    }
  }

  private mutating func attach(_ month: Month, to set: Int, named name: String) {
    nextOID += 1
    sets[set].partitions.append(
      Partition(name: name, oid: nextOID, lower: month.start, upper: month.next.start))
    sets[set].partitions.sort {
      ($0.lower?.microseconds ?? .min) < ($1.lower?.microseconds ?? .min)
    }
  }

  private mutating func retire(_ partition: Partition, of set: Int) {
    if let open = sets[set].retirements.firstIndex(where: {
      $0.partitionOID == partition.oid && $0.state != .dropped
    }) {
      sets[set].retirements[open].state = .detached
      return
    }
    guard let lower = partition.lower, let upper = partition.upper else { return }
    var retirement = Retirement(
      id: Int64(partition.oid), table: sets[set].table, partition: partition.name,
      partitionOID: partition.oid, lower: lower, upper: upper, state: .detached)
    retirement.hasHeldRows = partition.hasHeldRows
    retirement.holds = partition.holds
    sets[set].retirements.append(retirement)
  }
}
