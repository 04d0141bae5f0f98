// SPDX-License-Identifier: Apache-2.0

/// What `daybook maintain` has done and has yet to do.
package struct MaintenanceStatus: Sendable, Equatable {
  /// An expired partition on its way out.
  package struct Retirement: Sendable, Equatable {
    package let table: String
    package let partition: String
    package let state: String
    /// Failed attempts in this state, and why the last one failed.
    package let attempts: Int64
    package let lastError: String?
    /// RFC 3339, UTC.
    package let updatedAt: String
  }

  package struct Job: Sendable, Equatable {
    package let name: String
    /// RFC 3339, UTC; nil if it never succeeded.
    package let lastSuccess: String?
    /// Of the newest run: running, success, failure or deadline.
    package let outcome: String
    package let message: String?
  }

  package var runways: [PartitionRunway] = []
  package var retirements: [Retirement] = []
  package var activeHolds: Int64 = 0
  package var jobs: [Job] = []

  package init() {}
}
