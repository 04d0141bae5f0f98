// SPDX-License-Identifier: Apache-2.0

/// How far a partition's log reaches, as its leader said.
struct LogMark: Equatable, Sendable {
  /// The first offset that still exists.
  var low: Int64
  /// The high watermark: one after the last record, also of transactions that are open.
  var high: Int64
  /// One after the last record that can be read.
  var readableEnd: Int64
  /// How many partitions the topic has.
  var partitionCount: Int
}
