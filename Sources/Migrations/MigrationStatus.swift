// SPDX-License-Identifier: Apache-2.0

/// What the database says about each migration.
package struct MigrationStatus: Sendable {
  package struct Entry: Sendable {
    package let version: Int64
    package let title: String
    package let state: State
  }

  package enum State: Sendable, Equatable {
    case pending
    case applied(Record)
    /// Applied, but from a file with other contents.
    case changed(Record)
    /// Below the current version, but not applied by Daybook (by psql or golang-migrate).
    case appliedElsewhere
  }

  /// Who applied it: time in UTC as text, database user, release of Daybook.
  package struct Record: Sendable, Equatable {
    package let appliedAt: String
    package let appliedBy: String
    package let daybookVersion: String
  }

  /// Current version; 0 for none.
  package let version: Int64
  /// Set only by golang-migrate: our steps are atomic.
  package let isDirty: Bool
  package let entries: [Entry]
  /// Who or what in the schema cannot be trusted.
  package let intruders: [SchemaIntruder]

  package var changed: [String] {
    entries.compactMap { entry in
      if case .changed = entry.state { entry.title } else { nil }
    }
  }
}
