// SPDX-License-Identifier: Apache-2.0
import CopyFormat

extension SetPlanner {
  /// The partitions to make, oldest first: the runway and the holes.
  ///
  /// Looks at bounds and retirements only, so that nothing that retention does or cannot do takes a
  /// creation away.
  func creations() -> [PlannedAction] {
    missingMonths().compactMap { month in
      let name = childName(month)
      guard !partitioned.strayTables.contains(name) else { return nil }
      return action(
        .create(month), name,
        isHole(month) ? "gap: \(month) has no partition" : runwayReason(month),
        [statements.create(month)])
    }
  }

  private func runwayReason(_ month: Month) -> String {
    month <= currentMonth
      ? "\(month) has no partition" : "\(policy.monthsAhead) months are kept ready"
  }

  /// The months that want a partition and that nothing stands in the way of, but maybe a name.
  func missingMonths() -> [Month] {
    let runway = currentMonth.advanced(by: -1)...currentMonth.advanced(by: policy.monthsAhead)
    var first = currentMonth.advanced(by: -max(1, policy.retentionMonths))
    // Before the oldest partition there are no holes.
    if let oldest = partitioned.partitions.first?.lower?.month {
      first = max(first, min(oldest, runway.lowerBound))
    }
    return months(first, runway.upperBound).filter { month in
      !isTouched(month) && (runway.contains(month) || isHole(month)) && !isRetired(month)
    }
  }

  /// Without a partition, between two of them, or between one and the runway that follows.
  func isHole(_ month: Month) -> Bool {
    let start = month.start
    return partitioned.partitions.contains { $0.lower.map { $0 < start } ?? true }
      && (month < currentMonth
        || partitioned.partitions.contains { $0.upper.map { $0 > start } ?? true })
  }

  /// Some of the month belongs to a partition already: a new one would overlap.
  func isTouched(_ month: Month) -> Bool {
    if readyMonths.contains(month) { return true }
    let start = month.start
    let end = month.next.start
    return partitioned.partitions.contains { partition in
      (partition.lower.map { $0 < end } ?? true) && (partition.upper.map { $0 > start } ?? true)
    }
  }

  /// Its rows have gone or are going: made again, the month could be stored twice.
  func isRetired(_ month: Month) -> Bool {
    partitioned.retirements.contains { $0.lower < month.next.start && $0.upper > month.start }
  }

  func months(_ first: Month, _ last: Month) -> [Month] {
    var months: [Month] = []
    var month = first
    while month <= last {
      months.append(month)
      month = month.next
    }
    return months
  }
}
