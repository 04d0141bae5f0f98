// SPDX-License-Identifier: Apache-2.0
import Archive
import Books
import Files
import Ingest
import Kafka
import Migrations
import Postgres
import Sysexits
import Telemetry
import Upkeep

/// The errors of the modules, as what the process answers.
extension CommandError {
  init(_ error: PostgresError) {
    self.init(error.exitCode, "postgres: \(error)")
  }

  /// The same, with the group role that the command wants where the login lacks rights.
  init(_ error: PostgresError, wants role: String) {
    guard error.sqlState == .insufficientPrivilege else {
      self.init(error)
      return
    }
    self.init(
      .noPermission, "postgres: \(error.message): this wants a login that is a member of \(role)")
  }

  init(_ error: MigrationError) {
    self.init(error.exitCode, error.description)
  }

  init(_ error: IngestError) {
    self.init(error.exitCode, error.description)
  }

  init(_ error: FileError) {
    self.init(error.exitCode, error.description)
  }

  init(_ error: UpkeepError) {
    self.init(error.exitCode, error.description)
  }

  init(_ error: ExportError) {
    self.init(error.exitCode, error.description)
  }

  init(_ error: MetricsServerError) {
    self.init(.configuration, "metrics-listen: \(error)")
  }

  init(_ error: KafkaError) {
    self.init(error.exitCode, "kafka: \(error)")
  }
}
