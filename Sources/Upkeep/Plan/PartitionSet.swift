// SPDX-License-Identifier: Apache-2.0

/// A partitioned table with everything that the plan needs to know about it.
package struct PartitionSet: Sendable, Equatable {
  /// A default partition: none of ours, but an adopted set may have one.
  package struct Default: Sendable, Equatable {
    package let name: String
    package let hasRows: Bool

    package init(name: String, hasRows: Bool) {
      self.name = name
      self.hasRows = hasRows
    }
  }

  package var policy: PartitionPolicy
  /// Sorted by bounds; without the default partition.
  package var partitions: [Partition]
  package var defaultPartition: Default?
  /// Dropped ones too: their months do not come back.
  package var retirements: [Retirement]
  /// Tables of the schema with a name that a new partition would get, and that are no partitions.
  package var strayTables: [String]
  /// Records for this table that were refused as too_old or too_new in the last 24 hours.
  package var rowsOutside: Int64 = 0
  /// What is known of the maintenance of the whole database; the same in every set.
  package var maintenance = MaintenanceRecord()

  package init(
    policy: PartitionPolicy, partitions: [Partition] = [], defaultPartition: Default? = nil,
    retirements: [Retirement] = [], strayTables: [String] = []
  ) {
    self.policy = policy
    self.partitions = partitions
    self.defaultPartition = defaultPartition
    self.retirements = retirements
    self.strayTables = strayTables
  }

  package var table: String { policy.table }
}
