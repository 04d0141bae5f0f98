// SPDX-License-Identifier: Apache-2.0
import Archive
import Postgres
import Sysexits
import Upkeep

/// `daybook archive restore`.
enum ArchiveRestoreCommand {
  static func run(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let path = Manifest.path(for: context.operands[0])
    let into = context.settings.text(ArchiveOptions.into)
    let schema = context.schema
    if context.settings.isOn(Options.dryRun) {
      let statements: [String]
      do throws(UpkeepError) {
        statements = try PartitionRestore.statements(
          manifestPath: path, schema: schema, into: into)
      } catch {
        throw CommandError(error)
      }
      for statement in statements { try context.output.line(statement) }
      return .success
    }
    let (manifest, table) = try context.withAdminConnection { (connection) throws(UpkeepError) in
      let progress = Progress("restoring \(path)", unit: "rows")
      defer { progress.finish() }
      return try PartitionRestore.run(
        manifestPath: path, schema: schema, into: into, over: &connection
      ) {
        progress.update($0.rows, of: $0.rowsExpected)
      }
    }
    if context.wantsJSON {
      var members = ArchiveReport.members(manifest, path: path)
      members.append(JSONValue.Member(name: "restored_into", value: .string("\(schema).\(table)")))
      try context.output.line(JSONValue.object(members).text)
    } else {
      try context.output.line(
        "\(schema).\(table): \(Progress.grouped(manifest.rowCount)) rows, number and sums as in the"
          + " manifest")
    }
    return .success
  }
}
