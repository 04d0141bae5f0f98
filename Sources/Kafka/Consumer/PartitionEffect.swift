// SPDX-License-Identifier: Apache-2.0

/// What becomes of a partition after an error event.
package enum PartitionEffect: Equatable, Sendable {
  /// Nothing more comes from it before it is assigned again.
  case stops
  /// librdkafka goes on **after** the records in question: they are lost unless the caller returns.
  case skips
  /// librdkafka asks again for the same offset, for ever.
  case retries
}
