// SPDX-License-Identifier: Apache-2.0
import Foundation
import Ledger
import Migrations
import Postgres

extension CommandContext {
  /// The same, with a name in pg_stat_activity that tells which process it is.
  func database(for command: String) -> ConnectionSettings {
    let process = ProcessInfo.processInfo
    return ConnectionSettings(
      conninfo: settings.text(Options.databaseURL) ?? "",
      applicationName: "daybook-\(command)/\(Daybook.version)@\(process.hostName):"
        + "\(process.processIdentifier)")
  }

  /// Where the pooler is; without the setting libpq's own variables and service files decide.
  var database: ConnectionSettings {
    ConnectionSettings(
      conninfo: settings.text(Options.databaseURL) ?? "", applicationName: applicationName)
  }

  /// Directly to the server, for migrations and long questions.
  var adminDatabase: ConnectionSettings {
    let direct = settings.text(Options.adminDatabaseURL)
    return ConnectionSettings(
      conninfo: direct ?? settings.text(Options.databaseURL) ?? "",
      applicationName: applicationName)
  }

  /// Where long questions are read when a replica is configured.
  var replicaDatabase: ConnectionSettings {
    ConnectionSettings(
      conninfo: settings.text(Options.replicaDatabaseURL) ?? adminDatabase.conninfo,
      applicationName: applicationName)
  }

  var schema: String { settings.text(Options.schema) ?? "public" }

  private var applicationName: String { "daybook" }

  /// Runs `body` with a ledger; the connection ends with it. `role`: whose members may do that.
  func withLedger<Result>(
    _ database: ConnectionSettings, wants role: String = "app_read",
    _ body: (inout LedgerReader) throws(PostgresError) -> Result
  ) throws(CommandError) -> Result {
    do throws(PostgresError) {
      var ledger = LedgerReader(try Connection(database), schema: schema)
      return try body(&ledger)
    } catch {
      throw CommandError(error, wants: role)
    }
  }

  /// Runs `body` with the migrations of this program, over a direct connection.
  func withMigrator<Result>(
    _ body: (inout Migrator) throws(MigrationError) -> Result
  ) throws(CommandError) -> Result {
    let connection: Connection
    do throws(PostgresError) { connection = try Connection(adminDatabase) } catch {
      throw CommandError(error)
    }
    var migrator = Migrator(connection, schema: schema, daybookVersion: Daybook.version)
    do throws(MigrationError) { return try body(&migrator) } catch { throw CommandError(error) }
  }
}
