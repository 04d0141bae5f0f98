// SPDX-License-Identifier: Apache-2.0
package import CopyFormat

/// Days (UTC) of which some or all invocations left with a retired partition: their rows make no
/// rollup any more.
package struct RetiredDays: Equatable, Sendable {
  /// `from..<to` as ISO dates, which compare as texts.
  struct Range: Equatable, Sendable {
    var from: String
    var to: String
    /// False while the partition is in transit: its sums are not known yet.
    var isSettled: Bool
  }

  /// Sorted; ranges that share a day are one.
  let ranges: [Range]

  init(_ ranges: [Range]) {
    var merged: [Range] = []
    for range in ranges.sorted(by: { ($0.from, $0.to) < ($1.from, $1.to) }) {
      if let last = merged.last, range.from < last.to {
        merged[merged.count - 1].to = max(last.to, range.to)
        merged[merged.count - 1].isSettled = last.isSettled && range.isSettled
      } else {
        merged.append(range)
      }
    }
    self.ranges = merged
  }

  package static let none = RetiredDays([])

  var isEmpty: Bool { ranges.isEmpty }

  /// Ranges whose carried sums can be compared.
  var settled: [Range] { ranges.filter(\.isSettled) }

  /// The condition that `column`, a date, lies in one of the days.
  func condition(date column: String) -> String {
    Self.condition(ranges) { "\(column) >= '\($0)' AND \(column) < '\($1)'" }
  }

  /// The same of a time; of constants, so that the planner leaves other partitions out.
  func condition(time column: String) -> String {
    Self.condition(ranges) {
      "\(column) >= '\($0) 00:00:00+00' AND \(column) < '\($1) 00:00:00+00'"
    }
  }

  /// With the day before and the day behind each range: a tenant's billing day in a zone of its own
  /// is one of these.
  var widened: RetiredDays {
    RetiredDays(
      ranges.map { range in
        Range(
          from: Self.day(range.from, shiftedBy: -1), to: Self.day(range.to, shiftedBy: 1),
          isSettled: range.isSettled)
      })
  }

  /// Whether a day of `from..<to` is one of these.
  func touches(from: String, to: String) -> Bool {
    ranges.contains { $0.from < to && from < $0.to }
  }

  /// Whether records of a billing month may have left, whatever the tenant's zone.
  package func mayTouch(_ month: Month) -> Bool {
    widened.touches(from: "\(month)-01", to: "\(month.next)-01")
  }

  private static func day(_ text: String, shiftedBy days: Int64) -> String {
    let parts = text.split(separator: "-").compactMap { Int($0) }
    guard parts.count == 3, let date = CivilDate(year: parts[0], month: parts[1], day: parts[2])
    else { return text }
    return "\(CivilDate(daysSince2000: date.daysSince2000 + days))"
  }

  /// Neighbours become one, so that years of months are one comparison a row.
  private static func condition(_ ranges: [Range], _ one: (String, String) -> String) -> String {
    var joined: [Range] = []
    for range in ranges {
      if let last = joined.last, last.to == range.from {
        joined[joined.count - 1].to = range.to
      } else {
        joined.append(range)
      }
    }
    if joined.isEmpty { return "false" }
    return "(" + joined.map { "(\(one($0.from, $0.to)))" }.joined(separator: " OR ") + ")"
  }
}
