// SPDX-License-Identifier: Apache-2.0

/// What was committed in a stretch of time up to now.
package struct BatchRate: Sendable, Equatable {
  package let seconds: Int
  package let batches: Int64
  /// Of Kafka.
  package let records: Int64
  /// Items of these: stored + duplicates + rejected + skipped.
  package let seen: Int64
  package let stored: Int64
  package let duplicates: Int64
  package let rejected: Int64
  package let skipped: Int64

  package var recordsPerSecond: Double { seconds == 0 ? 0 : Double(records) / Double(seconds) }
}
