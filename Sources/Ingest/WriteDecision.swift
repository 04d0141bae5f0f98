// SPDX-License-Identifier: Apache-2.0
import Postgres

/// What to do after a failed attempt to write a batch. A pure function of the failure, so that the
/// rule "an outage never dead-letters a good record" can be read, and tested, in one place.
enum WriteDecision: Equatable {
  /// Try the same batch again after a pause.
  case retry
  /// Somebody kept a lock for too long: end those that will never let go, then retry.
  case evict
  /// Look into the database first: the transaction may have committed.
  case settle
  /// Try again with every row on the staging path.
  case stageEverything
  /// Ask for the batch's monthly partitions again, then retry.
  case ensurePartitions
  /// Find the records that the database refuses, and leave them out.
  case findPoison
  /// A time zone was changed: read the calendar, then the records again.
  case rereadCalendar
  /// Another owner has the partitions.
  case drop
  /// Nothing helps without an operator.
  case stop

  init(_ failure: WriteBatch.Failure, isStaged: Bool, poisonSearches: Int) {
    if failure.isOutcomeUnknown {
      self = .settle
      return
    }
    let error = failure.error
    switch error.recovery {
    case .retry, .reconnect: self = error.sqlState == .lockNotAvailable ? .evict : .retry
    case .fenced: self = error.sqlState == .calendarChanged ? .rereadCalendar : .drop
    case .stop: self = .stop
    case .data:
      if error.sqlState == .uniqueViolation, !isStaged {
        self = .stageEverything
      } else if error.sqlState == .checkViolation, error.constraint == nil, poisonSearches == 0 {
        // "no partition of relation … found for row" names no constraint.
        self = .ensurePartitions
      } else if poisonSearches < 2 {
        self = .findPoison
      } else {
        self = .stop
      }
    }
  }
}
