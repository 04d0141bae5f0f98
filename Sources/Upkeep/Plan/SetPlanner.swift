// SPDX-License-Identifier: Apache-2.0
import CopyFormat

/// Plans one partitioned table; what creation, retention, closing and findings share.
struct SetPlanner {
  let partitioned: PartitionSet
  /// The months that have a partition with their own bounds: nearly all there are.
  let readyMonths: Set<Month>
  let now: Timestamp
  let statements: PlanStatements
  let hasArchivePlace: Bool
  let hasArchiveCommand: Bool

  var table: String { partitioned.table }
  var policy: PartitionPolicy { partitioned.policy }
  var currentMonth: Month { now.month }

  func isExpired(_ partition: Partition) -> Bool { partition.isExpired(by: policy, at: now) }

  /// The retirement of exactly this table, unless it has ended.
  func openRetirement(of partition: Partition) -> Retirement? {
    partitioned.retirements.first { $0.partitionOID == partition.oid && $0.state != .dropped }
  }

  func childName(_ month: Month) -> String { "\(table)_\(month.partitionSuffix)" }

  func action(
    _ kind: PlannedAction.Kind, _ partition: String, _ reason: String, _ statements: [String] = []
  ) -> PlannedAction {
    PlannedAction(
      kind, table: table, partition: partition, reason: reason, statements: statements)
  }
}
