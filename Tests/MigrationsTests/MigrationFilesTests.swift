// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Foundation
import MigrationFiles
import Migrations
import Postgres
import Testing

struct MigrationFilesTests {
  @Test func embeddedFilesAreTheDirectory() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: Self.directory.path)
      .filter { $0.hasSuffix(".sql") }.sorted()
    #expect(MigrationFiles.all.map(\.name) == names)
    for (name, bytes) in MigrationFiles.all {
      let file = try Data(contentsOf: Self.directory.appendingPathComponent(name))
      #expect(Array(file) == bytes, "\(name)")
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
      let tables = try connection.execute(
        "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
      let count = tables.int64(0, 0) ?? 0
      #expect(count > 10)
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

  private static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("schemas/migrations")
}
