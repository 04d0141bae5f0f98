// SPDX-License-Identifier: Apache-2.0
import Migrations
import Sysexits

/// Whether migrations, functions and views of a restored database are those of this program.
enum SchemaFindings {
  /// Throws where tables are missing: nothing else could be asked then.
  static func problems(_ context: CommandContext) throws(CommandError) -> [String] {
    let newest = Migration.embedded.last?.version ?? 0
    let status = try context.withMigrator { (migrator) throws(MigrationError) in
      try migrator.status()
    }
    if let pending = status.entries.first(where: { $0.state == .pending }) {
      throw CommandError(
        .checkFailed,
        "migration \(pending.title) is not applied: verify the database with the release that it "
          + "comes from, or run daybook migrate up")
    }
    return try context.withMigrator { (migrator) throws(MigrationError) in
      var problems = status.entries.compactMap { problem($0) } + status.intruders.map { "\($0)" }
      if status.isDirty {
        problems.append("another tool left migration \(status.version) half applied")
      }
      if status.version > newest {
        problems.append(
          "the database is at migration \(status.version), of which this release knows nothing: "
            + "verify it with the release that made it")
      }
      // Behind the newest migration they are what they were made for; what was edited, audit says.
      guard status.version == newest else { return problems }
      let differences = try migrator.objectDifferences()
      if differences.contains(where: { $0.state == .otherServer }) {
        problems.append(
          "functions and views were loaded under another major version of PostgreSQL, and cannot be "
            + "compared: run daybook migrate up, which loads them again")
      }
      return problems
        + differences.filter { ![.editedByHand, .otherServer].contains($0.state) }.map { "\($0)" }
    }
  }

  private static func problem(_ entry: MigrationStatus.Entry) -> String? {
    switch entry.state {
    case .applied, .appliedElsewhere, .pending: nil
    case .changed:
      "migration \(entry.title) was applied from another file: verify it with the release that did"
    }
  }
}
