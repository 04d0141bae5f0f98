// SPDX-License-Identifier: Apache-2.0
package import CopyFormat
package import Kafka

/// The receipt of a committed batch.
package struct Committed: Sendable {
  /// What the batch did to one table, in records.
  package struct Table: Sendable {
    var name: String
    var seen: Int64
    var stored: Int64
    var duplicates: Int64
    var rejected: Int64
  }

  package var batch: UUIDBytes
  package var generation: Int
  /// The offset after the last consumed record of each partition.
  package var positions: [PartitionOffset]
  package var tables: [Table]
  package var byteCount: Int
  package var duration: Duration
}
