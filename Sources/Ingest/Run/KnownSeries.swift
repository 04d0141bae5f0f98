// SPDX-License-Identifier: Apache-2.0
import Records
import Telemetry

/// Counters of which it is known before the first event what they will count by begin at 0: so that
/// the first event is an increase.
enum KnownSeries {
  static func begin(_ settings: IngestSettings) {
    for source in settings.sources {
      for counter in [
        Metrics.recordsConsumed, Metrics.itemsConsumed, Metrics.consumedBytes, Metrics.offsetGaps,
      ] {
        counter.add(0, [source.topic])
      }
      for counter in [Metrics.recordsWritten, Metrics.recordsDuplicate] {
        counter.add(0, [source.stream.table])
      }
      for reason in Reason.allCases { Metrics.recordsRejected.add(0, [source.topic, reason.code]) }
    }
    for (reason, _) in PricingCounts().unpriced { Metrics.recordsUnpriced.add(0, [reason]) }
  }
}
