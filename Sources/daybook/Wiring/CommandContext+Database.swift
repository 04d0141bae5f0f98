// SPDX-License-Identifier: Apache-2.0
import Foundation
import Ledger
import Migrations
import Postgres
import Telemetry

extension CommandContext {
  /// The pooler, with a name in pg_stat_activity that tells which process it is.
  func database(for command: String) -> ConnectionSettings {
    let process = ProcessInfo.processInfo
    return connection(
      [Options.databaseURL],
      name: "daybook-\(command)/\(Daybook.version)@\(process.hostName):"
        + "\(process.processIdentifier)")
  }

  /// Where the pooler is; without the setting libpq's own variables and service files decide.
  var database: ConnectionSettings { connection([Options.databaseURL]) }

  /// Directly to the server, for migrations and long questions.
  var adminDatabase: ConnectionSettings { adminDatabase(name: Self.defaultName) }

  func adminDatabase(name: String) -> ConnectionSettings {
    connection([Options.adminDatabaseURL, Options.databaseURL], name: name)
  }

  /// Where long questions are read when a replica is configured.
  var replicaDatabase: ConnectionSettings {
    connection([Options.replicaDatabaseURL, Options.adminDatabaseURL, Options.databaseURL])
  }

  /// By the first of these options that is set. One in a file is read again for each connection.
  private func connection(
    _ options: [OptionDeclaration], name: String = Self.defaultName
  ) -> ConnectionSettings {
    let setting = options.lazy.compactMap { settings.settings[$0.name] }.first
    var result = ConnectionSettings(
      conninfo: setting?.values.last ?? "", applicationName: name)
    if let setting, let path = setting.secretFile {
      result.reread = { Self.readAgain(path, setting.origin) }
    }
    return result
  }

  private static let defaultName = "daybook"

  static func readAgain(_ path: String, _ origin: Origin) -> String? {
    do throws(SettingFault) {
      return try Settings.secret(at: path, origin, FileBytes.read)
    } catch {
      Log.warn(
        "a secret cannot be read again, the one of the start is used",
        ["error": LogValue(error.error.message)])
      return nil
    }
  }

  var schema: String { settings.text(Options.schema) ?? "public" }

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
