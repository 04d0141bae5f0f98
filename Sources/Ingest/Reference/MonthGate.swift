// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Records
import Synchronization

/// Which months of which table have a partition, as far as this process knows.
///
/// The writer asks the database about a month that is new to it, which creates the partition if the
/// policy allows it; the filling thread then refuses records of a month that may not have one.
final class MonthGate: Sendable {
  enum State: Sendable {
    case open
    case refused
  }

  private struct Key: Hashable {
    var table: String
    var month: Month
  }

  private struct Entry {
    var state: State
    var learnedAt: ContinuousClock.Instant
  }

  /// Policies change and partitions are dropped: what was learned is asked for again. A refusal
  /// soon, because somebody may be making the month at this moment, and what is refused is not read
  /// again.
  private static func lifetime(_ state: State) -> Duration {
    switch state {
    case .open: .seconds(300)
    case .refused: .seconds(IngestLimits.monthRefusalSeconds)
    }
  }

  private let entries = Mutex<[Key: Entry]>([:])

  func state(_ month: Month, of table: String) -> State? {
    entries.withLock { entries in
      guard let entry = entries[Key(table: table, month: month)],
        entry.learnedAt.duration(to: .now) < Self.lifetime(entry.state)
      else { return nil }
      return entry.state
    }
  }

  func learn(
    _ state: State, _ month: Month, of table: String, at time: ContinuousClock.Instant = .now
  ) {
    entries.withLock {
      $0[Key(table: table, month: month)] = Entry(state: state, learnedAt: time)
    }
  }

  /// Why a record of a refused month is rejected.
  static func rejection(_ stream: Stream) -> Rejection {
    Rejection(
      .tooOld, column: stream.index(of: "occurred_at") ?? -1, isByPolicy: true)
  }

  func forget() {
    entries.withLock { $0.removeAll() }
  }
}
