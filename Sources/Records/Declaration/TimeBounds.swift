// SPDX-License-Identifier: Apache-2.0
package import CopyFormat

/// When a record may have happened.
package enum TimeBounds {
  package static let yearMin = 2020
  package static let yearMax = 2100
  /// How far a producer's clock may be ahead of ours.
  package static let aheadSecondsMax: Int64 = 300

  package static let earliest = Month(year: yearMin, month: 1).start
  /// The first instant after the last.
  package static let end = Month(year: yearMax + 1, month: 1).start

  /// The latest instant that a record may carry at `now`.
  package static func latest(at now: Timestamp) -> Timestamp {
    let (ahead, overflow) = now.microseconds.addingReportingOverflow(
      aheadSecondsMax * Timestamp.microsecondsPerSecond)
    return overflow ? now : Timestamp(microseconds: ahead)
  }
}
