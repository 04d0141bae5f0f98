// SPDX-License-Identifier: Apache-2.0
package import Sysexits

/// What became of one job of one run.
package struct JobReport: Sendable, Equatable {
  package enum Outcome: String, Sendable {
    case success, failure, deadline
    /// Nothing failed: a stop came before it was done, or before it began.
    case stopped

    package var isFailure: Bool { self == .failure || self == .deadline }
  }

  package let job: MaintenanceJob
  package var outcome: Outcome
  package var seconds: Double
  /// Things done: partitions made, steps of retirements, rows purged.
  package var actions: Int
  /// What it did, or why it failed, in words.
  package var message: String

  /// Of a job before which a stop came.
  static func notBegun(_ job: MaintenanceJob) -> JobReport {
    JobReport(
      job: job, outcome: .stopped, seconds: 0, actions: 0,
      message: "not begun: a stop was requested")
  }

  /// What a command ends with after these: a failure is one also where a stop came after it.
  package static func exitCode(of reports: [JobReport]) -> ExitCode {
    if reports.contains(where: \.outcome.isFailure) { return .checkFailed }
    return reports.contains { $0.outcome == .stopped } ? .temporary : .success
  }
}
