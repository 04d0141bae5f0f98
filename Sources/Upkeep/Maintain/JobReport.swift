// SPDX-License-Identifier: Apache-2.0

/// What became of one job of one run.
package struct JobReport: Sendable, Equatable {
  package enum Outcome: String, Sendable {
    case success, failure, deadline
  }

  package let job: MaintenanceJob
  package var outcome: Outcome
  package var seconds: Double
  /// Things done: partitions made, steps of retirements, rows purged.
  package var actions: Int
  /// What it did, or why it failed, in words.
  package var message: String
}
