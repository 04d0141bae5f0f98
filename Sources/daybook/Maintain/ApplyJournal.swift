// SPDX-License-Identifier: Apache-2.0
import Upkeep

/// What `partitions apply` has done, and its progress on a terminal. For one thread.
final class ApplyJournal {
  static let names = ["table", "partition", "action", "outcome", "detail"]

  private(set) var lines: [[String]] = []
  private var progress: Progress?

  func note(_ event: MaintenanceEvent) {
    switch event {
    case .began(let action):
      progress = Progress("\(action.name) \(action.partition)", unit: "rows")
      progress?.begin()
    case .exported(_, let rows, let expected): progress?.update(rows, of: expected)
    case .done(let action): add(action, "done", action.reason)
    case .passed(let action, let why): add(action, "left", why)
    case .failed(let action, let error): add(action, "failed", error.description)
    case .ended: progress?.finish()
    }
  }

  private func add(_ action: PlannedAction, _ outcome: String, _ detail: String) {
    progress?.finish()
    lines.append([action.table, action.partition, action.name, outcome, detail])
  }
}
