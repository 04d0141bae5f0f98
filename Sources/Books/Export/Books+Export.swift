// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Files
import Postgres
import PriceCatalog
import Pricing
import Sysexits
import Telemetry

extension Books {
  /// Lines of one FETCH; the memory of an export is some of these.
  private static let fetchRows = 5_000
  /// Lines between two checkpoints.
  private static let checkpointRows: Int64 = 20_000

  /// Writes the costs of some months from one snapshot, and then their manifest.
  ///
  /// The file appears under its name when it is whole. One that was cut off, by a kill or a lost
  /// connection, goes on where it stood if the data are still the same. `progress` is told the
  /// number of lines read, `notice` what a person should know.
  package mutating func export(
    _ request: ExportRequest, to target: ExportTarget, toolVersion: String,
    progress: (Int64) -> Void, notice: (String) -> Void
  ) throws(ExportError) -> ExportManifest {
    try target.checkFree()
    try ExportError.sql { () throws(PostgresError) in
      // The fingerprint is made of rows as text: the same for every login and server.
      try connection.execute(
        "\(Begin.snapshot); SET LOCAL timezone = 'UTC';"
          + " SET LOCAL datestyle = 'ISO, YMD'")
    }
    do throws(ExportError) {
      let manifest = try exportInSnapshot(request, target, toolVersion, progress, notice)
      _ = try? connection.execute("COMMIT")
      return manifest
    } catch {
      if connection.isUsable { _ = try? connection.execute("ROLLBACK") }
      throw error
    }
  }

  private mutating func exportInSnapshot(
    _ request: ExportRequest, _ target: ExportTarget, _ toolVersion: String,
    _ progress: (Int64) -> Void, _ notice: (String) -> Void
  ) throws(ExportError) -> ExportManifest {
    let facts = try ExportError.sql { () throws(PostgresError) in
      try exportFacts(request, toolVersion: toolVersion)
    }
    var encoder = ExportEncoder(
      request, prices: try prices(request),
      statements: Dictionary(
        facts.statements.map { ($0.month, "\($0.month)/\($0.version)") },
        uniquingKeysWith: { $1 }))
    var file: ExportFile
    do throws(FileError) {
      file = try ExportFile(target, fingerprint: facts.fingerprint)
    } catch {
      throw .file(error)
    }
    do throws(ExportError) {
      // Another process may have finished it before this one had the lock.
      try target.checkFree()
      try write(request, &encoder, &file, progress, notice)
      let manifest = ExportManifest(
        toolVersion: toolVersion, format: request.format.name, first: request.first,
        last: request.last, granularity: request.granularity, basis: request.basis,
        tenant: request.tenant, isRaw: request.isRaw, facts: facts, tally: encoder.tally,
        fileName: target.name, byteCount: file.byteCount, sha256: file.sha256, createdAt: .now())
      try ExportError.disk { () throws(FileError) in
        try file.publish()
        ExportFault.named.reached()
        try manifest.write(to: target.directory)
      }
      target.removeState()
      return manifest
    } catch {
      file.leave()
      throw error
    }
  }

  private mutating func write(
    _ request: ExportRequest, _ encoder: inout ExportEncoder, _ file: inout ExportFile,
    _ progress: (Int64) -> Void, _ notice: (String) -> Void
  ) throws(ExportError) {
    let unfinished = try ExportError.disk { () throws(FileError) in try file.resume(notice) }
    if let unfinished {
      encoder.tally = unfinished.tally
      notice(
        "goes on behind \(unfinished.tally.rows) rows that an unfinished export has left")
    } else {
      encoder.header()
    }
    let sql = ExportSQL(request, schema: schema)
    try ExportError.sql { () throws(PostgresError) in
      // Every line is read: a plan for the first few would be the wrong one.
      try connection.execute(
        "SET LOCAL cursor_tuple_fraction = 1; DECLARE lines NO SCROLL CURSOR FOR "
          + sql.lines(after: unfinished?.key))
    }
    var read: Int64 = 0
    var checkpointed: Int64 = 0
    var last = unfinished?.key
    while let key = try fetch(&encoder, &read) {
      let bytes = encoder.take()
      try ExportError.disk { () throws(FileError) in try file.append(bytes) }
      progress(read)
      last = key
      guard read - checkpointed >= Self.checkpointRows else { continue }
      checkpointed = read
      let tally = encoder.tally
      try ExportError.disk { () throws(FileError) in
        try file.checkpoint(key: key, tally: tally)
      }
      ExportFault.checkpointed.reached()
    }
    let (rest, tally) = (encoder.take(), encoder.tally)
    try ExportError.disk { () throws(FileError) in
      try file.append(rest)
      // By this state `ExportTarget.checkFree` knows the whole file while its manifest is missing.
      if let last { try file.checkpoint(key: last, tally: tally) }
    }
  }

  /// Encodes the next lines; the key of the last one, or nil when there are no more.
  private mutating func fetch(
    _ encoder: inout ExportEncoder, _ read: inout Int64
  ) throws(ExportError) -> [String]? {
    let found: QueryResult
    do throws(PostgresError) {
      found = try connection.execute(
        "FETCH \(Self.fetchRows) FROM lines", deadline: Self.exportDeadline)
    } catch {
      throw .postgres(error)
    }
    var key: [String]?
    for row in 0..<found.rowCount {
      guard let line = ExportLine(found, row) else {
        throw .refused(
          "a line of the rollups cannot be read: run daybook reconcile", exitCode: .data)
      }
      try encoder.add(line)
      if row == found.rowCount - 1 { key = line.key }
    }
    read += Int64(found.rowCount)
    return key
  }

  private mutating func prices(_ request: ExportRequest) throws(ExportError) -> FocusPrices {
    guard case .focus = request.format else { return .none }
    return try ExportError.sql { () throws(PostgresError) in
      let catalog = PriceCatalog(schema: schema)
      return FocusPrices(
        inForce: try catalog.load(&connection), listed: try catalog.loadList(&connection))
    }
  }
}
