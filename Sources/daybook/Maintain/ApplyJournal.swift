// SPDX-License-Identifier: Apache-2.0
import Upkeep

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What `partitions apply` has done, and its progress on a terminal. For one thread.
final class ApplyJournal {
  static let names = ["table", "partition", "action", "outcome", "detail"]

  private(set) var lines: [[String]] = []
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private var shownRows: Int64 = 0

  /// Rows between two lines of progress.
  private static let rowsPerLine: Int64 = 1_000_000

  func take(_ event: MaintenanceEvent) {
    switch event {
    case .began(let action):
      shownRows = 0
      say("\(action.name) \(action.partition): \(action.reason)")
    case .exported(_, let rows):
      guard rows - shownRows >= Self.rowsPerLine else { return }
      shownRows = rows
      say("  \(rows) rows exported")
    case .done(let action): add(action, "done", action.reason)
    case .passed(let action, let why): add(action, "left", why)
    case .failed(let action, let error): add(action, "failed", error.description)
    case .ended: break
    }
  }

  private func add(_ action: PlannedAction, _ outcome: String, _ detail: String) {
    lines.append([action.table, action.partition, action.name, outcome, detail])
  }

  private func say(_ text: String) {
    if isTerminal { Output.standardError(text + "\n") }
  }
}
