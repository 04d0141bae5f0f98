// SPDX-License-Identifier: Apache-2.0
package import Archive
import CopyFormat
import Files
package import Postgres
import Sysexits

/// Writes one partition into an archive file and its manifest.
package enum PartitionExport {
  /// Reads on one snapshot and changes nothing in the database; what was written was read back,
  /// row by row, when this returns. Needs a direct connection without an open transaction, and the
  /// right to SELECT. After an error the directory holds no new archive; only an error of the
  /// database may leave the connection unusable.
  package static func run(
    _ subject: ArchiveSubject, to target: ArchiveTarget, over connection: inout Connection,
    progress: (ArchiveProgress) -> Void = { _ in }
  ) throws(UpkeepError) -> Manifest {
    do throws(PostgresError) {
      try connection.execute(begin)
    } catch {
      throw UpkeepError(error)
    }
    do throws(UpkeepError) {
      let manifest = try export(subject, to: target, over: &connection, progress)
      endTransaction(&connection)
      return manifest
    } catch {
      endTransaction(&connection)
      throw error
    }
  }

  /// What `run` sends, for `--dry-run`.
  package static func statements(
    _ subject: ArchiveSubject, over connection: inout Connection
  ) throws(UpkeepError) -> [String] {
    let (table, _, _) = try learn(subject, &connection)
    return [begin, copyStatement(subject, table.columns), "ROLLBACK"].map { $0 + ";" }
  }

  /// Only the owner may read a partition that was detached and closed. On the snapshot the rows
  /// stay the same, whoever else writes. Without row security: an error instead of hidden rows.
  private static let begin =
    "\(Begin.snapshot); SET LOCAL ROLE app_owner;"
    + " SET LOCAL row_security = off;"
    + " SET LOCAL statement_timeout = '\(ArchiveDeadlines.copyHours)h'"

  private static func copyStatement(_ subject: ArchiveSubject, _ columns: [ArchiveColumn]) -> String
  {
    "COPY (SELECT \(ArchiveTable.list(columns)) FROM ONLY"
      + " \(SQL.qualified(subject.schema, subject.partition)))"
      + " TO STDOUT (FORMAT binary)"
  }

  private static func export(
    _ subject: ArchiveSubject, to target: ArchiveTarget, over connection: inout Connection,
    _ progress: (ArchiveProgress) -> Void
  ) throws(UpkeepError) -> Manifest {
    let (table, key, server) = try learn(subject, &connection)
    let identity = ArchiveIdentity(
      database: server.database, schema: subject.schema, table: subject.table,
      partition: subject.partition, bounds: subject.bounds)
    if target.replacesExisting { try refuseOnlyCopy(subject, target, &connection) }
    let writer: ArchiveWriter
    do throws(FileError) {
      writer = try ArchiveWriter(
        directory: target.directory, identity: identity, name: target.name,
        columns: table.columns, key: key, level: target.level, replaces: target.replacesExisting)
    } catch {
      throw UpkeepError(error)
    }
    let sent = try copy(subject, table, to: writer, over: &connection, progress)
    do throws(FileError) {
      let contents = try writer.finish()
      guard sent == contents.rowCount else {
        throw FileError(
          .damaged(nil),
          "the server has sent \(sent) rows of \(subject.partition) and \(contents.rowCount) were"
            + " written: try again")
      }
      let manifest = Manifest(
        of: contents, identity: identity, columns: table.columns, key: key,
        serverVersion: server.version, toolVersion: target.toolVersion)
      try writer.publish(manifest)
      return manifest
    } catch {
      throw UpkeepError(error)
    }
  }

  /// An archive of rows that were dropped is the only copy: it is never replaced.
  private static func refuseOnlyCopy(
    _ subject: ArchiveSubject, _ target: ArchiveTarget, _ connection: inout Connection
  ) throws(UpkeepError) {
    let path = target.directory + "/" + (target.name ?? subject.partition) + Manifest.manifestSuffix
    let existing: Manifest
    do throws(FileError) { existing = try Manifest.read(path) } catch { return }
    guard existing.rowCount > 0 else { return }
    do throws(PostgresError) {
      let journal = SQL.qualified(subject.schema, "partition_journal")
      guard try connection.query("SELECT to_regclass($1) IS NOT NULL", [journal]).bool(0, 0) == true
      else { return }
      let dropped = try connection.query(
        """
        SELECT EXISTS (SELECT FROM \(journal)
          WHERE action = 'drop' AND detail->>'content_sha256' = $1)
        """, [existing.content.sha256])
      guard dropped.bool(0, 0) == true else { return }
    } catch {
      throw UpkeepError(error)
    }
    throw UpkeepError(
      "\(path) is the archive of rows that were dropped before: move it and its file to another "
        + "directory; they are the only copy", exitCode: .cannotCreate)
  }

  private static func learn(
    _ subject: ArchiveSubject, _ connection: inout Connection
  ) throws(UpkeepError) -> (
    table: ArchiveTable, key: String, server: (version: String, database: Manifest.Database)
  ) {
    let found: ArchiveTable?
    let key: String?
    let version: String
    let database: Manifest.Database
    do throws(PostgresError) {
      found = try ArchiveTable.find(
        schema: subject.schema, table: subject.partition, over: &connection)
      key = try ArchiveTable.key(schema: subject.schema, table: subject.table, over: &connection)
      version = try connection.execute("SHOW server_version").text(0, 0) ?? ""
      database = try ArchiveTable.database(over: &connection)
    } catch {
      throw UpkeepError(error)
    }
    guard let found else {
      throw UpkeepError(
        "there is no table \(subject.schema).\(subject.partition): see daybook partitions list",
        exitCode: .noInput)
    }
    guard !found.isPartitioned else {
      throw UpkeepError(
        "\(subject.schema).\(subject.partition) is partitioned itself and has no rows of its own:"
          + " only a plain table can be archived",
        exitCode: .data)
    }
    guard let key else {
      throw UpkeepError(
        "\(subject.schema).\(subject.table) is not a table that is partitioned by ranges of one"
          + " column",
        exitCode: .data)
    }
    return (found, key, (String(version.prefix { $0 != " " }), database))
  }

  /// Returns how many rows the server says it has sent.
  private static func copy(
    _ subject: ArchiveSubject, _ table: ArchiveTable, to writer: ArchiveWriter,
    over connection: inout Connection, _ progress: (ArchiveProgress) -> Void
  ) throws(UpkeepError) -> Int64 {
    let sql = copyStatement(subject, table.columns)
    var failure: FileError?
    let sent: Int64
    do throws(PostgresError) {
      sent = try connection.copyOut(sql, deadline: ArchiveDeadlines.copy) {
        (source) throws(PostgresError) in
        while failure == nil {
          guard try nextFrame(&source, writer, &failure) else { return }
          progress(
            ArchiveProgress(
              rows: writer.rowCount, bytes: writer.contentBytes, bytesExpected: nil,
              rowsExpected: table.rowsEstimate))
        }
      }
    } catch {
      throw failure.map { UpkeepError($0) } ?? UpkeepError(error)
    }
    if let failure { throw UpkeepError(failure) }
    return sent
  }

  /// Fills one frame; false when the stream has ended.
  private static func nextFrame(
    _ source: inout CopySource, _ writer: ArchiveWriter, _ failure: inout FileError?
  ) throws(PostgresError) -> Bool {
    let frame: Frame
    do throws(FileError) { frame = try writer.emptyFrame() } catch {
      failure = error
      return false
    }
    frame.byteCount = try unsafe source.read(into: frame.buffer)
    if frame.byteCount > 0 { writer.submit(frame) }
    return unsafe frame.byteCount == frame.buffer.count
  }

  /// The transaction has only read: it does not matter how it ends.
  private static func endTransaction(_ connection: inout Connection) {
    if connection.isUsable { _ = try? connection.execute("ROLLBACK") }
  }
}
