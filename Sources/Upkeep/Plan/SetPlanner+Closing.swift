// SPDX-License-Identifier: Apache-2.0
import CopyFormat

extension SetPlanner {
  /// Freezes and indexes the months that take no more rows, oldest first.
  func closings() -> [PlannedAction] {
    partitioned.partitions.flatMap { partition in
      isClosed(partition) && !isLeaving(partition) ? closing(partition) : []
    }
  }

  /// Rows that came later are frozen with the next day's run at the earliest.
  static let freezeAgainMicroseconds = Timestamp.microsecondsPerDay

  private func closing(_ partition: Partition) -> [PlannedAction] {
    var actions: [PlannedAction] = []
    if let reason = freezeReason(partition) {
      actions.append(
        action(
          .freeze, partition.name, reason,
          [
            statements.freeze(partition.name),
            statements.journal("freeze", partition.name, reason: reason),
          ]))
    }
    for specification in policy.closedIndexes {
      actions += indexing(partition, specification)
    }
    return actions
  }

  private func indexing(
    _ partition: Partition, _ specification: IndexSpecification
  ) -> [PlannedAction] {
    let name = specification.indexName(on: partition.name)
    let existing = partition.indexes.first { $0.name == name }
    if existing?.isValid == true { return [] }
    var actions: [PlannedAction] = []
    if existing != nil {
      actions.append(
        action(
          .dropInvalidIndex(name), partition.name, "building \(name) was interrupted",
          [statements.dropIndex(name)]))
    }
    let reason = "closed partitions have \(specification)"
    actions.append(
      action(
        .createIndex(specification), partition.name, reason,
        [
          statements.createIndex(name, on: partition.name, specification),
          statements.journal("index", partition.name, reason: reason),
        ]))
    return actions
  }

  private func isClosed(_ partition: Partition) -> Bool {
    guard let upper = partition.upper else { return false }
    let (wait, _) = Int64(policy.closeAfterDays)
      .multipliedReportingOverflow(by: Timestamp.microsecondsPerDay)
    return now.microseconds > upper.microseconds && now.microseconds - upper.microseconds > wait
  }

  /// It will be gone soon, so that work on it is lost; what a hold keeps is closed like any other.
  private func isLeaving(_ partition: Partition) -> Bool {
    partition.isDetachPending || openRetirement(of: partition) != nil
      || isExpired(partition) && !(partition.hasHeldRows && policy.heldRows == .keep)
        && !lacksArchivePlace
  }

  private func freezeReason(_ partition: Partition) -> String? {
    guard let frozenAt = partition.frozenAt else {
      return "its month has ended and it was never frozen"
    }
    guard partition.insertsSinceVacuum > 0,
      now.microseconds - frozenAt.microseconds > Self.freezeAgainMicroseconds
    else { return nil }
    return "\(partition.insertsSinceVacuum) rows came since it was frozen"
  }
}
