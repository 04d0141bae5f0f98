// SPDX-License-Identifier: Apache-2.0
import Ingest
import Migrations
import Postgres
import Records
import Telemetry

/// What `daybook ingest` looks at before it joins the group: it starts only on a schema that fits.
enum IngestPreflight {
  /// Makes the coming partitions and compares the schema with the declared streams.
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
    for difference in differences.dropFirst() {
      Log.error("schema", ["difference": LogValue(difference.description)])
    }
    guard let first = differences.first else { return }
    throw Fault(ExitCode(rawValue: first.exitCode) ?? .configuration, first.description)
  }

  private static func makePartitions(
    _ settings: IngestSettings, _ connection: inout Connection
  ) throws(PostgresError) {
    try connection.execute(
      "SELECT * FROM \(SQL.identifier(settings.schema)).daybook_ensure_runway()")
  }
}

extension SchemaDifference {
  fileprivate var isMissingPartition: Bool {
    if case .missingPartition = self { true } else { false }
  }
}
