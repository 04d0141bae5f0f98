// SPDX-License-Identifier: Apache-2.0
import Archive
import Files
import Postgres
import Sysexits
import Upkeep

extension CommandContext {
  /// Where archives are stored beside their directory; nil without an archive_command.
  ///
  /// The commands come from flags, environment and file only: one from a table would give a shell
  /// on this machine to everyone who may write to that table.
  var archiveShipment: ArchiveShipment? {
    get throws(CommandError) {
      guard let command = settings.text(Options.archiveCommand) else { return nil }
      do throws(FileError) {
        return try ArchiveShipment(
          archiveCommand: command, restoreCommand: settings.text(Options.restoreCommand),
          timeoutSeconds: settings.integer(Options.archiveTimeout))
      } catch {
        throw CommandError(.configuration, error.message)
      }
    }
  }

  /// A direct connection, for as long as `body` takes.
  func withAdminConnection<Result>(
    _ body: (inout Connection) throws(UpkeepError) -> Result
  ) throws(CommandError) -> Result {
    var connection: Connection
    do throws(PostgresError) { connection = try Connection(adminDatabase) } catch {
      throw CommandError(error)
    }
    do throws(UpkeepError) { return try body(&connection) } catch { throw CommandError(error) }
  }
}
