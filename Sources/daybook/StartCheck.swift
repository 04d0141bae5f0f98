// SPDX-License-Identifier: Apache-2.0
import Ingest
import Migrations
import Postgres
import Records

/// What must be true of the database before `daybook ingest` begins: a server that accepts writes,
/// our schema, columns of our types, the right to write, and partitions for the coming months.
enum StartCheck {
  /// Differences that one line names; the rest is counted.
  private static let shownDifferencesMax = 4

  /// Makes partitions that are missing; anything else that is missing ends the start.
  static func run(_ settings: IngestSettings) throws(Fault) {
    let check = SchemaCheck(
      schema: settings.schema,
      tables: settings.sources.map(\.stream).map { stream in
        (stream.table, stream.storedColumns.map { ($0.name, $0.sqlType) })
      })
    let found: [SchemaDifference]
    do throws(PostgresError) {
      found = try differences(check, settings)
    } catch {
      throw Fault(error)
    }
    if let fault = fault(of: found) { throw fault }
  }

  private static func differences(
    _ check: SchemaCheck, _ settings: IngestSettings
  ) throws(PostgresError) -> [SchemaDifference] {
    var connection = try Connection(settings.database)
    let found = try check.differences(&connection)
    guard !found.isEmpty, found.allSatisfy(\.isMissingPartition) else { return found }
    try connection.execute(
      "SELECT * FROM \(SQL.identifier(settings.schema)).daybook_ensure_runway()")
    return try check.differences(&connection)
  }

  /// One line for all differences; what makes the others meaningless stands alone.
  static func fault(of found: [SchemaDifference]) -> Fault? {
    guard let gravest = found.first(where: \.hidesOthers) ?? found.first else { return nil }
    let named = gravest.hidesOthers ? [gravest] : Array(found.prefix(shownDifferencesMax))
    var text = named.map(\.description).joined(separator: "; ")
    if !gravest.hidesOthers, found.count > named.count {
      text += "; and \(found.count - named.count) more"
    }
    return Fault(ExitCode(rawValue: gravest.exitCode) ?? .configuration, "postgres: \(text)")
  }
}
