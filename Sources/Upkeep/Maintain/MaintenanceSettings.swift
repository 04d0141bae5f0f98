// SPDX-License-Identifier: Apache-2.0
package import Archive
package import Postgres

/// What a maintenance process has to know.
package struct MaintenanceSettings: Sendable {
  /// Directly to the server.
  package var database: ConnectionSettings
  package var schema: String
  /// `host:pid`, for `maintenance_runs`.
  package var owner: String
  /// Nil: only policies name a directory.
  package var archiveDirectory: String?
  /// Nil: archives stay in their directory.
  package var shipment: ArchiveShipment?
  /// Of this program, for manifests.
  package var version = "unknown"
  package var sessionsRetentionDays = Self.sessionsRetentionDaysDefault
  /// How long a DETACH CONCURRENTLY or FINALIZE waits for transactions that see the partition.
  package var detachPatience = Duration.seconds(600)
  /// How long a server that is away is waited for: a failover of a managed database takes about two
  /// minutes.
  package var serverPatience = Duration.seconds(180)
  /// When each job ends, done or not; nil: after its own time.
  package var jobDeadline: Duration?

  package static let sessionsRetentionDaysDefault = 30

  package init(database: ConnectionSettings, schema: String, owner: String) {
    self.database = database
    self.schema = schema
    self.owner = owner
  }

  /// For `--dry-run`: what a job without a plan sends.
  package func statements(of job: MaintenanceJob) -> [String] {
    let sessions = "\(SQL.identifier(schema)).\(SQL.identifier("sessions"))"
    return job == .purgeSessions
      ? SessionPurge(days: sessionsRetentionDays).statements(of: sessions) : []
  }
}
