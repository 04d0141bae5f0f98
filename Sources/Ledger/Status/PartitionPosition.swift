// SPDX-License-Identifier: Apache-2.0

/// Where Daybook stands in one Kafka partition, as the database has it.
package struct PartitionPosition: Sendable, Equatable {
  package let clusterID: String
  package let topic: String
  package let partition: Int64
  /// Of the next record to consume.
  package let nextOffset: Int64
  package let epoch: Int64
  package let owner: String?
  package let haltReason: String?
  package let haltDetail: String?
  /// RFC 3339, UTC.
  package let updatedAt: String

  package var isHalted: Bool { haltReason != nil }

  /// Where Daybook counts the events that it writes itself; no broker knows it.
  package static let ownCluster = "daybook"

  package var isOwnStream: Bool { clusterID == Self.ownCluster }
}
