// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Foundation
import Migrations
import Postgres
import Testing

struct MigrationFilesTests {
  @Test func embeddedFilesAreTheDirectory() throws {
    let directory = Self.schemas
    let names = try #require(FileManager.default.enumerator(atPath: directory.path))
      .compactMap { $0 as? String }.filter { $0.hasSuffix(".sql") }
    #expect(SchemaFile.all.map(\.path).sorted() == names.sorted())
    for file in SchemaFile.all {
      let text = try String(
        contentsOf: directory.appendingPathComponent(file.path), encoding: .utf8)
      #expect(text == file.text, "\(file.path)")
    }
  }

  @Test func versionsHaveNoGaps() {
    let versions = Migration.embedded.map(\.version)
    #expect(versions == Array(1...Int64(versions.count)))
    #expect(Migration.embedded.first?.title == "000001_roles")
  }

  /// What `psql -1 -f` does: the file alone, in a transaction, with the session's own search path.
  @Test(arguments: TestServer.all)
  func filesNeedNoMigrator(_ server: TestServer) throws {
    try TestDatabase.with(.empty, on: server) { database in
      var connection = try database.connect()
      for migration in Migration.embedded {
        try connection.execute("BEGIN;" + migration.up + ";COMMIT")
      }
      for object in SchemaObject.embedded {
        try connection.execute("BEGIN;" + SchemaObject.preamble + object.sql + ";COMMIT")
      }
      let tables = try connection.execute(
        "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
      let count = tables.int64(0, 0) ?? 0
      #expect(count > 10)
      // Without the migrator nothing says what was loaded.
      for (index, object) in SchemaObject.embedded.enumerated() {
        try connection.execute(
          """
          INSERT INTO daybook_objects (name, kind, position, sha256, definition_md5, server_version, daybook_version)
          VALUES ('\(object.name)', '\(object.kind.rawValue)', \(index), sha256(''), '', 15, 'psql')
          """)
      }
      try connection.execute("BEGIN;" + SchemaObject.drop + ";COMMIT")
      for migration in Migration.embedded.reversed() {
        try connection.execute("BEGIN;" + migration.down + ";COMMIT")
      }
      let left = try connection.execute(Self.objects).text(0, 0)
      #expect(left == nil)
      let reporting = try connection.execute("SELECT to_regnamespace('reporting')").text(0, 0)
      #expect(reporting == nil)
    }
  }

  /// Names of everything in schema public, or NULL.
  static let objects = """
    SELECT string_agg(name, ', ') FROM (
      SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace
      UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
      UNION ALL SELECT typname FROM pg_type WHERE typnamespace = 'public'::regnamespace) AS o
    """

  private static let schemas = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("schemas")
}
