// SPDX-License-Identifier: Apache-2.0
import Ingest
import Migrations
import Postgres
import Records

/// What `daybook ingest` looks at before it joins the group: it starts only on a schema that fits.
enum IngestPreflight {
  /// Differences that the one line names; the others are counted.
  private static let namedDifferencesMax = 4

  /// Compares the schema with the declared streams and makes the coming partitions.
  static func check(_ settings: IngestSettings) throws(Fault) {
    let differences: [SchemaDifference]
    do throws(PostgresError) {
      var connection = try Connection(settings.database)
      let tables = settings.sources.map(\.stream).map { stream in
        (
          name: stream.table,
          columns: stream.storedColumns.map { (name: $0.name, sqlType: $0.sqlType) }
        )
      }
      let check = SchemaCheck(schema: settings.schema, tables: tables)
      differences = try check.differences(&connection)
      if differences.allSatisfy(\.isMissingPartition) {
        try makePartitions(settings, &connection)
        return
      }
    } catch {
      throw Fault(error)
    }
    if let fault = fault(of: differences) { throw fault }
  }

  /// One line for all differences; one that makes the others meaningless stands alone.
  static func fault(of differences: [SchemaDifference]) -> Fault? {
    guard let gravest = differences.first(where: \.hidesOthers) ?? differences.first else {
      return nil
    }
    let relevant = gravest.hidesOthers ? [gravest] : differences
    let named = relevant.prefix(namedDifferencesMax).map(\.description)
    let rest = relevant.count - named.count
    return Fault(
      ExitCode(rawValue: gravest.exitCode) ?? .configuration,
      "postgres: " + named.joined(separator: "; ") + (rest > 0 ? "; and \(rest) more" : ""))
  }

  private static func makePartitions(
    _ settings: IngestSettings, _ connection: inout Connection
  ) throws(PostgresError) {
    try connection.execute(
      "\(Begin.readWrite); SELECT * FROM \(SQL.identifier(settings.schema)).daybook_ensure_runway(); COMMIT"
    )
  }
}
