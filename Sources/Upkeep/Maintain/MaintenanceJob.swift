// SPDX-License-Identifier: Apache-2.0

/// The jobs of `daybook maintain`, in the order in which they run.
package enum MaintenanceJob: String, Sendable, CaseIterable {
  case create
  case retain
  case close
  case purgeSessions = "purge_sessions"
  case releaseHeld = "release_held"
  case report

  /// After so long a job ends between two steps, or its statement is cancelled.
  var allowance: Duration {
    switch self {
    case .create: .seconds(600)
    case .retain, .close: .seconds(6 * 3600)
    case .purgeSessions, .releaseHeld: .seconds(1800)
    case .report: .seconds(900)
    }
  }

  /// Whether it needs to know the time: a wrong clock must not make anything expire.
  var dependsOnClock: Bool { self != .create && self != .report }
}
