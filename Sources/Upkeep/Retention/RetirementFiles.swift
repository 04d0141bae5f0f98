// SPDX-License-Identifier: Apache-2.0
import Archive
import Files
import Postgres
import Sysexits
import Telemetry

/// The steps of a retirement that write and read archive files.
final class RetirementFiles {
  private let settings: MaintenanceSettings
  private let observe: (MaintenanceEvent) -> Void
  /// Read back by this run: its word is fresh.
  private var verified: Set<Int64> = []

  init(settings: MaintenanceSettings, observe: @escaping (MaintenanceEvent) -> Void) {
    self.settings = settings
    self.observe = observe
  }

  /// Where archives of a table go; nil when it wants none, or has no place.
  func directory(_ policy: PartitionPolicy?) -> String? {
    guard policy?.archive == .required else { return nil }
    return policy?.archiveDirectory ?? settings.archiveDirectory
  }

  /// revoked → archived.
  func archive(
    _ action: PlannedAction, _ policy: PartitionPolicy?, _ session: inout MaintenanceSession
  ) throws(UpkeepError) {
    guard let directory = directory(policy) else {
      throw UpkeepError(
        "no directory for archives is known: set archive_dir", exitCode: .configuration)
    }
    // Whether there is room shows when it is written: nobody knows how much smaller it is.
    try ArchiveRoom.check(directory, bytes: 0)
    let retirement = try RetirementRow.read(action.table, action.partition, &session)
    let name = Manifest.name(of: action.partition, before: retirement.earlierCount)
    let path = directory + "/" + name + Manifest.manifestSuffix
    let subject = ArchiveSubject(
      schema: session.schema, table: action.table, partition: action.partition,
      lower: retirement.lower, upper: retirement.upper)
    let target = ArchiveTarget(
      directory: directory, name: name, replacesExisting: true, toolVersion: settings.version)
    let manifest = try session.use { connection throws(UpkeepError) in
      try PartitionExport.run(subject, to: target, over: &connection) { progress in
        observe(.exported(action, rows: progress.rows, of: retirement.rowCount))
      }
    }
    UpkeepFault.retireExported.reached()
    try session.note(
      """
      SELECT \(session.qualified("daybook_record_archive"))($1, $2::jsonb, $3, $4, $5::jsonb,
        decode($6, 'hex'))
      """,
      [
        String(retirement.id), manifest.text, path, String(manifest.rowCount),
        Self.costs(of: manifest), manifest.content.sha256,
      ])
    UpkeepFault.retireArchived.reached()
  }

  /// archived → verified, or back to revoked when the file is gone or bad.
  func verify(
    _ action: PlannedAction, _ session: inout MaintenanceSession
  ) throws(UpkeepError) -> Executor.Outcome {
    let retirement = try RetirementRow.read(action.table, action.partition, &session)
    if let why = try problem(retirement, &session) { return .passed(why) }
    UpkeepFault.retireRead.reached()
    try session.note(
      "SELECT \(session.qualified("daybook_record_verified"))($1, decode($2, 'hex'))",
      [String(retirement.id), retirement.contentSHA256])
    UpkeepFault.retireVerified.reached()
    return .done
  }

  /// Before the drop: nil when the archive is good or none is wanted; a run that has not read the
  /// file itself reads it again.
  func problem(
    of action: PlannedAction, _ session: inout MaintenanceSession
  ) throws(UpkeepError) -> String? {
    let retirement = try RetirementRow.read(action.table, action.partition, &session)
    guard retirement.state == .verified || retirement.state == .shipped,
      !verified.contains(retirement.id)
    else { return nil }
    return try problem(retirement, &session)
  }

  /// Reads the whole archive; when it is gone or bad the retirement goes back to revoked.
  private func problem(
    _ retirement: RetirementRow, _ session: inout MaintenanceSession
  ) throws(UpkeepError) -> String? {
    let stop = session.stop
    let deadline = session.deadline
    var why = "its manifest has no path"
    if let path = retirement.manifestPath {
      do throws(FileError) {
        let manifest = try unsafe ArchiveVerification.read(manifestPath: path, progress: { _ in }) {
          (_) throws(FileError) in
          if stop.isRequested || deadline.hasPassed {
            throw FileError(.inputOutput, "\(UpkeepError.stopped)")
          }
        }
        guard manifest.content.sha256 != retirement.contentSHA256 else {
          verified.insert(retirement.id)
          return nil
        }
        why = "\(path) is not the archive that was written"
      } catch {
        if stop.isRequested { throw .stopped }
        if deadline.hasPassed { throw .deadline }
        switch error.kind {
        case .missing where !ArchiveRoom.isThere(Self.directory(of: path)):
          // Said of the whole directory, it is no word about the archive: that may be good.
          throw UpkeepError(
            "\(Self.directory(of: path)) is not there: is it mounted on this host?",
            exitCode: .temporary)
        case .missing, .damaged: why = error.description
        default: throw UpkeepError(error)
        }
      }
    }
    try session.note(
      "SELECT \(session.qualified("daybook_restart_archive"))($1, $2)",
      [String(retirement.id), why])
    return "it is exported again: \(why)"
  }

  /// verified → shipped, or back to revoked when the file is gone or bad.
  func ship(
    _ action: PlannedAction, _ session: inout MaintenanceSession
  ) throws(UpkeepError) -> Executor.Outcome {
    if let why = try problem(of: action, &session) { return .passed(why) }
    let retirement = try RetirementRow.read(action.table, action.partition, &session)
    guard let shipment = settings.shipment, let path = retirement.manifestPath else {
      throw UpkeepError("no archive_command is set", exitCode: .configuration)
    }
    let stop = session.stop
    let deadline = session.deadline
    do throws(FileError) {
      try shipment.ship(
        try Manifest.read(path), from: Self.directory(of: path),
        isStopped: { stop.isRequested || deadline.hasPassed })
    } catch {
      throw stop.isRequested ? .stopped : deadline.hasPassed ? .deadline : UpkeepError(error)
    }
    UpkeepFault.retireSent.reached()
    try session.note(
      "SELECT \(session.qualified("daybook_record_shipped"))($1)", [String(retirement.id)])
    UpkeepFault.retireShipped.reached()
    return .done
  }

  private static func directory(of path: String) -> String {
    String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
  }

  /// Decimal strings by currency, as `daybook_partition_totals` has them.
  private static func costs(of manifest: Manifest) -> String {
    let pairs = manifest.sums.totals.compactMap { total -> String? in
      guard let currency = total.currency, let cost = total.cost else { return nil }
      let key = currency.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
      return "\"\(key)\":\"\(cost)\""
    }
    return "{" + pairs.joined(separator: ",") + "}"
  }
}
