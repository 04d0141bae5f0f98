// SPDX-License-Identifier: Apache-2.0
package import CopyFormat

/// What to generate.
///
/// The same settings give the same bytes.
package struct GeneratorSettings: Sendable {
  package static let tenantCountMax = 100_000

  package var seed: UInt64
  /// Records in all: unique, duplicates, conflicts and bad ones.
  package var count: Int
  /// Tenants; a few of them make most of the load.
  package var tenantCount = 50
  /// Share of records that are sent a second time, byte for byte.
  package var duplicateFraction = 0.0
  /// Share of records with the identity of an earlier one and other content.
  package var conflictFraction = 0.0
  /// Share of records that must be refused.
  package var badFraction = 0.0
  /// Share of invocations that leave their cost to the store; the summary has it all the same, as
  /// the list prices give it.
  package var withoutCostFraction = 0.0
  /// Share of invocations among the records; the rest are security events.
  package var invocationFraction = 0.7
  /// Every `occurred_at` lies in `start...end`.
  package var start: Timestamp
  package var end: Timestamp
  /// Wire formats and their weights; not empty.
  package var formats: [(WireFormat, weight: Int)] = [
    (.plain, 70), (.cloudEventBinary, 12), (.cloudEventStructured, 10), (.confluent, 8),
  ]

  /// `occurred_at` from the start of last month up to `end`: the partitions that always exist.
  package init(seed: UInt64, count: Int, end: Timestamp) {
    self.seed = seed
    self.count = count
    self.end = end
    start = end.month.advanced(by: -1).start
  }
}
