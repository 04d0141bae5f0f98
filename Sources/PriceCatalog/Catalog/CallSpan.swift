// SPDX-License-Identifier: Apache-2.0
package import CopyFormat

/// Which calls a command goes over: those of a range of time, or those of a billing month.
package struct CallSpan: Sendable, Equatable {
  /// Every one of them lies in it.
  package let range: Range<Timestamp>
  /// Of their billing days; nil for all of the range.
  package let month: Month?

  package init(_ range: Range<Timestamp>) {
    self.range = range
    month = nil
  }

  /// Zones are less than a day away from UTC, and when a tenant moves to another one, both count.
  package init(billingMonth month: Month) {
    let margin = 2 * Timestamp.microsecondsPerDay
    let end = month.next.start.microseconds + margin
    range =
      Timestamp(microseconds: month.start.microseconds - margin)..<Timestamp(microseconds: end)
    self.month = month
  }

  /// Of a row with `tenant_id` and `occurred_at`; `schema` is quoted. The range stands in it as
  /// constants, which leave the other partitions out.
  package func condition(schema: String) -> String {
    let times =
      "occurred_at >= '\(range.lowerBound)'::timestamptz"
      + " AND occurred_at < '\(range.upperBound)'::timestamptz"
    guard let month else { return times }
    return "\(times) AND \(Self.isBilled(in: month, schema: schema))"
  }

  package static func isBilled(in month: Month, schema: String) -> String {
    "date_trunc('month', (\(billingDay(schema: schema)))::timestamp) = '\(month)-01'::timestamp"
  }

  /// The function looks its zone up for each record: most tenants have none.
  package static func billingDay(schema: String) -> String {
    """
    CASE WHEN tenant_id IN (SELECT z.tenant_id FROM \(schema).tenant_time_zones z)
      THEN \(schema).daybook_billing_day(tenant_id, occurred_at)
      ELSE (occurred_at AT TIME ZONE 'UTC')::date END
    """
  }
}
