// SPDX-License-Identifier: Apache-2.0
package import Archive
import CopyFormat
import Files
package import Postgres
import Sysexits

/// Copies an archive into a table.
package enum PartitionRestore {
  /// Verifies the archive, then copies it in one transaction into `table`, which is made like the
  /// manifest's parent if it is missing, and compares rows and sums; whatever differs or fails,
  /// nothing stays. Needs a direct connection without an open transaction that may act as
  /// app_owner.
  package static func run(
    manifestPath: String, schema: String, into table: String?, over connection: inout Connection,
    progress: (ArchiveProgress) -> Void = { _ in }
  ) throws(UpkeepError) -> (manifest: Manifest, table: String) {
    let target = try checkedName(table, try read(manifestPath))
    let manifest: Manifest
    do throws(FileError) {
      manifest = try ArchiveVerification.run(manifestPath: manifestPath)
    } catch {
      throw UpkeepError(error)
    }
    do throws(UpkeepError) {
      try execute(begin, &connection)
      try prepare(target, schema, manifest, &connection)
      try copy(manifestPath, manifest, to: target, schema, &connection, progress)
      try RestoreCheck.compare(manifest, schema: schema, table: target, over: &connection)
      guard try execute("COMMIT", &connection) == "COMMIT" else {
        throw UpkeepError(
          "the transaction was rolled back: nothing was restored; see the server's log",
          exitCode: .temporary)
      }
      return (manifest, target)
    } catch {
      if connection.isUsable { _ = try? connection.execute("ROLLBACK") }
      throw error
    }
  }

  /// What `run` sends, for `--dry-run`; nothing is verified.
  package static func statements(
    manifestPath: String, schema: String, into table: String?
  ) throws(UpkeepError) -> [String] {
    let manifest = try read(manifestPath)
    let target = try checkedName(table, manifest)
    return [
      begin, "-- if it is missing: " + create(target, schema, manifest),
      copyStatement(target, schema, manifest), RestoreCheck.query(manifest, schema, target),
      "COMMIT",
    ].map { $0 + ";" }
  }

  private static func read(_ manifestPath: String) throws(UpkeepError) -> Manifest {
    do throws(FileError) { return try Manifest.read(manifestPath) } catch {
      throw UpkeepError(error)
    }
  }

  /// PostgreSQL cuts longer names off, and makes a table of another name.
  private static let nameBytesMax = 63

  private static func checkedName(
    _ table: String?, _ manifest: Manifest
  ) throws(UpkeepError) -> String {
    let name = table ?? manifest.restoredName
    guard name.utf8.count <= nameBytesMax else {
      throw UpkeepError(
        "\(name) has more than \(nameBytesMax) bytes, as many as a table's name can have: give a"
          + " shorter one with --into",
        exitCode: .usage)
    }
    return name
  }

  /// Nobody waits long behind a restore that waits for a lock. Without row security: an error
  /// instead of hidden rows.
  private static let begin =
    "\(Begin.readWrite); SET LOCAL ROLE app_owner; SET LOCAL lock_timeout = '3s'; SET LOCAL row_security = off;"
    + " SET LOCAL statement_timeout = '\(ArchiveDeadlines.copyHours)h'"

  private static func create(_ target: String, _ schema: String, _ manifest: Manifest) -> String {
    "CREATE TABLE \(SQL.qualified(schema, target))"
      + " (LIKE \(SQL.qualified(schema, manifest.table)) INCLUDING ALL)"
  }

  private static func copyStatement(
    _ target: String, _ schema: String, _ manifest: Manifest
  ) -> String {
    "COPY \(SQL.qualified(schema, target)) (\(ArchiveTable.list(manifest.columns)))"
      + " FROM STDIN (FORMAT binary)"
  }

  /// Makes the table if need be, and checks that the rows will fit.
  private static func prepare(
    _ target: String, _ schema: String, _ manifest: Manifest, _ connection: inout Connection
  ) throws(UpkeepError) {
    var found = try find(target, schema, &connection)
    if found == nil {
      guard try find(manifest.table, schema, &connection) != nil else {
        throw UpkeepError(
          "there is no table \(schema).\(manifest.table) to make \(target) like: run daybook migrate"
            + " up, or name an existing table with --into",
          exitCode: .noInput)
      }
      try execute(create(target, schema, manifest), &connection)
      found = try find(target, schema, &connection)
    }
    guard found?.isPartitioned != true, found?.isAttached != true else {
      throw UpkeepError(
        "\(schema).\(target) is a partitioned table or a partition: rows are restored into a table"
          + " of its own, so that none is counted twice; name another one with --into",
        exitCode: .data)
    }
    for column in manifest.columns {
      let type = found?.columns.first { $0.name == column.name }?.type
      guard type == column.type else {
        throw UpkeepError(
          "column \(column.name) of \(schema).\(target) is \(type ?? "missing"), the archive has"
            + " \(column.type): restore into a table that has the archive's columns",
          exitCode: .data)
      }
    }
    let name = SQL.qualified(schema, target)
    try execute("LOCK TABLE ONLY \(name) IN SHARE ROW EXCLUSIVE MODE", &connection)
    let hasRows: Bool?
    do throws(PostgresError) {
      hasRows = try connection.execute("SELECT EXISTS (SELECT FROM \(name))").bool(0, 0)
    } catch {
      throw UpkeepError(error)
    }
    guard hasRows == false else {
      throw UpkeepError(
        "\(schema).\(target) has rows already: name another table with --into",
        exitCode: .cannotCreate)
    }
  }

  @discardableResult
  private static func execute(
    _ sql: String, _ connection: inout Connection
  ) throws(UpkeepError) -> String {
    do throws(PostgresError) { return try connection.execute(sql).commandTag } catch {
      throw UpkeepError(error)
    }
  }

  private static func find(
    _ table: String, _ schema: String, _ connection: inout Connection
  ) throws(UpkeepError) -> ArchiveTable? {
    do throws(PostgresError) {
      return try ArchiveTable.find(schema: schema, table: table, over: &connection)
    } catch {
      throw UpkeepError(error)
    }
  }

  /// Streams the content, which is verified once more on its way: the file may have changed.
  private static func copy(
    _ path: String, _ manifest: Manifest, to target: String, _ schema: String,
    _ connection: inout Connection, _ progress: (ArchiveProgress) -> Void
  ) throws(UpkeepError) {
    var damage: FileError?
    let rows: [Int64]
    do throws(PostgresError) {
      rows = try connection.copyIn(
        copyStatement(target, schema, manifest), count: 1, deadline: ArchiveDeadlines.copy
      ) { (_, sink) throws(PostgresError) in
        try feed(path, manifest, to: &sink, &damage, progress)
      }
    } catch {
      throw damage.map { UpkeepError($0) } ?? UpkeepError(error)
    }
    guard rows == [manifest.rowCount] else {
      throw UpkeepError(
        "the server has taken \(rows) rows, the archive has \(manifest.rowCount): nothing was"
          + " restored",
        exitCode: .software)
    }
  }

  private static func feed(
    _ path: String, _ manifest: Manifest, to sink: inout CopySink, _ damage: inout FileError?,
    _ progress: (ArchiveProgress) -> Void
  ) throws(PostgresError) {
    var refusal: PostgresError?
    do throws(FileError) {
      let again = try unsafe ArchiveVerification.read(manifestPath: path, progress: progress) {
        (content) throws(FileError) in
        do throws(PostgresError) { try unsafe sink.put(content) } catch {
          refusal = error
          throw FileError(.inputOutput, "the server takes no more rows")
        }
      }
      guard again == manifest else {
        throw FileError(.damaged(nil), "\(path) was replaced while it was being restored")
      }
    } catch {
      if let refusal { throw refusal }
      damage = error
      throw PostgresError(.queryCanceled, error.message, phase: .answered)
    }
  }
}
