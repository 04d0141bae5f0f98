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
  /// A statement, or all COPYs together, ran out of time: try with half of the records.
  case halve
  /// Ask which rows are stored already, and stage those.
  case findDuplicates
  /// Try again with every row on the staging path.
  case stageEverything
  /// Ask for the batch's monthly partitions again, then retry.
  case ensurePartitions
  /// Find the records that the database refuses, and leave them out.
  case findPoison
  /// Try again with temporary tables of our own making.
  case remakeTables
  /// Prices or time zones are others than the batch was made with: read them, then the records
  /// again.
  case rereadReference
  /// Another owner has the partitions.
  case drop
  /// Nothing helps without an operator.
  case stop

  /// What was done about the batch before.
  struct History: Equatable {
    var poisonSearches = 0
    var duplicateSearches = 0
    var isStaged = false
    var hasRemadeTables = false
    /// It was found uncommitted after a commit without an answer: its server may have finished
    /// since.
    var mayHaveCommittedSince = false
  }

  init(_ failure: WriteBatch.Failure, after history: History) {
    if failure.isOutcomeUnknown {
      self = .settle
      return
    }
    let error = failure.error
    switch error.recovery {
    case .retry, .reconnect:
      switch error.sqlState {
      case _ where failure.isTooSlow: self = .halve
      case .lockNotAvailable: self = .evict
      case .queryCanceled: self = .halve
      default: self = .retry
      }
    case .fenced where error.sqlState != .fenced: self = .rereadReference
    case .fenced: self = history.mayHaveCommittedSince ? .settle : .drop
    case .stop:
      self = error.isAboutTables && !history.hasRemadeTables ? .remakeTables : .stop
    case .data: self = Self.data(error, history)
    }
  }

  /// One before the first attempt, and one for each batch that other workers had begun when this
  /// one got its gate. To stage a whole batch costs more than three attempts.
  static let duplicateSearchesMax = 5

  private static func data(_ error: PostgresError, _ history: History) -> WriteDecision {
    if error.sqlState == .uniqueViolation, !history.isStaged {
      // Another one is found when somebody else has stored it meanwhile.
      return history.duplicateSearches < duplicateSearchesMax ? .findDuplicates : .stageEverything
    }
    if error.sqlState == .checkViolation, error.constraint == nil, history.poisonSearches == 0 {
      // "no partition of relation … found for row" names no constraint.
      return .ensurePartitions
    }
    return history.poisonSearches < 2 ? .findPoison : .stop
  }
}

extension PostgresError {
  /// What another client left under the name of a temporary table may have other columns, or rows.
  var isAboutTables: Bool { sqlState == .strayRows || sqlState.classCode == "42" }
}
