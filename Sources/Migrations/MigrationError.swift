// SPDX-License-Identifier: Apache-2.0
package import Postgres
package import Sysexits

/// Why a migration was not carried out; whatever it says, the database is as before the step.
package enum MigrationError: Error, Sendable, CustomStringConvertible {
  case postgres(PostgresError)
  /// The SQL of one file failed, and was rolled back.
  case failed(title: String, PostgresError)
  /// Files that were changed after they had been applied.
  case changed(titles: [String])
  /// Another tool left the version marked as half applied.
  case dirty(version: Int64)
  /// The database is ahead of this program.
  case newer(version: Int64, latest: Int64)
  case noSuchVersion(Int64)
  /// Others could make functions of this schema do what they want.
  case untrusted([SchemaIntruder])
  /// Somebody else's objects, or missing rights, would stop a later step.
  case obstructed([SchemaObstacle])
  /// Another process migrates the same schema.
  case busy
  /// Tables with rows that nothing makes again.
  case wouldDropRows([ProtectedTable])

  package var description: String {
    switch self {
    case .postgres(let error):
      error.description
    case .failed(let title, let error):
      "migration \(title) failed and was rolled back: \(error)"
    case .changed(let titles):
      "applied migrations differ from the files of this program: "
        + titles.joined(separator: ", ")
        + "; use the release that applied them, or --force after comparing `migrate print`"
    case .dirty(let version):
      "schema_migrations marks version \(version) as dirty; repair the schema by hand,"
        + " then set dirty to false"
    case .newer(let version, let latest):
      "the database has schema version \(version), this program knows up to \(latest);"
        + " use a newer release"
    case .noSuchVersion(let version):
      "there is no migration \(version); `daybook migrate status` lists them"
    case .untrusted(let intruders):
      intruders.map(\.description).joined(separator: "; ") + "; then migrate again"
    case .obstructed(let obstacles):
      obstacles.map(\.description).joined(separator: "; ")
        + "; then migrate again: nothing has been changed"
    case .busy:
      "another process migrates this schema; try again when it has finished"
    case .wouldDropRows(let tables):
      "this would drop "
        + tables.map { "table \($0.name) (\($0.contents))" }.joined(separator: ", ")
        + (tables.count == 1 ? ", which has rows" : ", which have rows")
        + "; keep them elsewhere first, or use --force"
    }
  }

  /// The sysexits code for a command that ends because of this error.
  package var exitCode: ExitCode {
    switch self {
    case .postgres(let error), .failed(_, let error): error.exitCode
    case .changed, .dirty, .newer, .untrusted, .obstructed: .configuration
    case .noSuchVersion, .wouldDropRows: .usage
    case .busy: .temporary
    }
  }
}
