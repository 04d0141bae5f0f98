// SPDX-License-Identifier: Apache-2.0

/// Something that is not as it should be and that `partitions check` reports.
package struct PlanFinding: Sendable, Equatable {
  package enum Code: String, Sendable, CaseIterable {
    case runwayShort = "runway_short"
    case gap
    case boundsNotMonthly = "bounds_not_monthly"
    case detachPending = "detach_pending"
    case defaultPartition = "default_partition"
    case rowsInDefault = "rows_in_default"
    case rowsOutside = "rows_outside"
    case retirementStuck = "retirement_stuck"
    case maintenanceStale = "maintenance_stale"
    case nameTaken = "name_taken"
    case noArchivePlace = "no_archive_place"
  }

  package let code: Code
  package let table: String
  package let partition: String?
  /// What is wrong and what to do.
  package let message: String

  package init(_ code: Code, table: String, partition: String? = nil, _ message: String) {
    self.code = code
    self.table = table
    self.partition = partition
    self.message = message
  }
}

extension PlanFinding: CustomStringConvertible {
  package var description: String {
    "\(code.rawValue) \(table)\(partition.map { " \($0)" } ?? ""): \(message)"
  }
}
