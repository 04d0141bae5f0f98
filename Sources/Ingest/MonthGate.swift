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

  /// Policies change and partitions are dropped: what was learned is asked for again.
  private static let lifetime = Duration.seconds(300)

  private let entries = Mutex<[Key: Entry]>([:])

  func state(_ month: Month, of table: String) -> State? {
    entries.withLock { entries in
      guard let entry = entries[Key(table: table, month: month)],
        entry.learnedAt.duration(to: .now) < Self.lifetime
      else { return nil }
      return entry.state
    }
  }

  func learn(_ state: State, _ month: Month, of table: String) {
    entries.withLock {
      $0[Key(table: table, month: month)] = Entry(state: state, learnedAt: .now)
    }
  }

  /// Why a record of a refused month is rejected.
  static func rejection(_ stream: Stream) -> Rejection {
    Rejection(.tooOld, column: stream.index(of: "occurred_at") ?? -1)
  }

  func forget() {
    entries.withLock { $0.removeAll() }
  }
}
