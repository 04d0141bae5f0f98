// SPDX-License-Identifier: Apache-2.0
import Archive
import CopyFormat
import Files
import Postgres
import Sysexits
import Upkeep

/// `daybook archive export`.
enum ArchiveExportCommand {
  static func run(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let choice = try Choice(context)
    if context.settings.isOn(Options.dryRun) {
      let statements = try context.withAdminConnection { (connection) throws(UpkeepError) in
        try PartitionExport.statements(choice.subject(&connection), over: &connection)
      }
      for statement in statements { try context.output.line(statement) }
      return .success
    }
    let target = ArchiveTarget(
      directory: try context.settings.required(Options.archiveDirectory),
      level: context.settings.integer(ArchiveOptions.level),
      replacesExisting: context.settings.isOn(ArchiveOptions.replace),
      toolVersion: Daybook.version)
    let shipment = try context.archiveShipment
    let manifest = try context.withAdminConnection { (connection) throws(UpkeepError) in
      let subject = try choice.subject(&connection)
      let progress = Progress("exporting \(subject.partition)", unit: "rows")
      defer { progress.finish() }
      return try PartitionExport.run(subject, to: target, over: &connection) {
        progress.update($0.rows, of: $0.rowsExpected)
      }
    }
    if let shipment { try ship(manifest, from: target.directory, by: shipment) }
    try report(manifest, in: target.directory, isShipped: shipment != nil, context)
    return .success
  }

  private static func ship(
    _ manifest: Manifest, from directory: String, by shipment: ArchiveShipment
  ) throws(CommandError) {
    // Before this an interrupt ends the process; from here on the command must end with it.
    let stop = StopRequest()
    let signals = StopSignals("stop requested, the command under way is ended") { stop.request() }
    defer { signals.finish() }
    do throws(FileError) {
      try shipment.ship(manifest, from: directory, isStopped: { stop.isRequested })
    } catch {
      guard stop.isRequested else { throw CommandError(error) }
      throw CommandError(
        .temporary,
        "a stop was requested: \(manifest.file.name) is in \(directory) and was perhaps not stored"
          + " elsewhere; export it again with --replace")
    }
  }

  private static func report(
    _ manifest: Manifest, in directory: String, isShipped: Bool, _ context: CommandContext
  ) throws(CommandError) {
    let path = directory + "/" + manifest.manifestName
    guard context.wantsJSON else {
      return try context.output.line(
        "\(manifest.file.name): \(Progress.grouped(manifest.rowCount)) rows,"
          + " \(Progress.grouped(manifest.content.byteCount)) bytes in"
          + " \(Progress.grouped(manifest.file.byteCount)), read back and checked"
          + (isShipped ? ", stored by archive_command" : "") + "; manifest: \(path)")
    }
    var members = ArchiveReport.members(manifest, path: path)
    members.append(JSONValue.Member(name: "shipped", value: .boolean(isShipped)))
    try context.output.line(JSONValue.object(members).text)
  }

  /// Which partition the options name.
  private struct Choice {
    let schema: String
    let table: String?
    let month: Month?
    let partition: String?

    init(_ context: CommandContext) throws(CommandError) {
      schema = context.schema
      table = context.settings.text(ArchiveOptions.table)
      month = context.settings.text(ArchiveOptions.month).flatMap { Month($0) }
      partition = context.settings.text(ArchiveOptions.partition)
      guard partition != nil || table != nil && month != nil else {
        throw CommandError(.usage, "give --table and --month, or --partition")
      }
    }

    func subject(_ connection: inout Connection) throws(UpkeepError) -> ArchiveSubject {
      if let partition {
        let attached = try ArchiveSubject.find(
          schema: schema, partition: partition, over: &connection)
        if let attached { return attached }
        guard let table, let month else {
          throw UpkeepError(
            "\(schema).\(partition) is no attached partition: give --table and --month of what it"
              + " was, or see daybook partitions list",
            exitCode: .noInput)
        }
        return ArchiveSubject(
          schema: schema, table: table, partition: partition, lower: month.start,
          upper: month.next.start)
      }
      guard let table, let month else {
        throw UpkeepError("give --table and --month, or --partition", exitCode: .usage)
      }
      let attached = try ArchiveSubject.find(
        schema: schema, table: table, month: month, over: &connection)
      guard let attached else {
        throw UpkeepError(
          "\(schema).\(table) has no partition that begins with \(month): see daybook partitions"
            + " list",
          exitCode: .noInput)
      }
      return attached
    }
  }
}
