// SPDX-License-Identifier: Apache-2.0
package import CopyFormat

/// When the jobs of maintenance succeeded last.
package struct MaintenanceRecord: Sendable, Equatable {
  /// Since when somebody should run it: the first run, or the first entry of the journal, which the
  /// migration writes. Nil: not known, and nothing is expected.
  package var expectedSince: Timestamp?
  /// The end of the last successful run.
  package var lastSuccess: [PlannedAction.Job: Timestamp] = [:]

  package init() {}
}
