// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Kafka

/// The receipt of a committed batch.
struct Committed: Sendable {
  /// What the batch did to one table, in records.
  struct Table: Sendable {
    var name: String
    var seen: Int64
    var stored: Int64
    var duplicates: Int64
    var rejected: Int64
  }

  var batch: UUIDBytes
  var generation: Int
  /// The offset after the last consumed record of each partition.
  var positions: [PartitionOffset]
  var tables: [Table]
  var byteCount: Int
  var duration: Duration
}
