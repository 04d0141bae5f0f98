// SPDX-License-Identifier: Apache-2.0
import Migrations
import Sysexits

/// `daybook migrate up|down|status|print`.
enum MigrateCommand {
  private static let force = OptionDeclaration(
    "force", kind: .toggle, sources: .flag,
    "go on although applied files have changed, or although rows would be dropped")
  private static let target = OptionDeclaration(
    "to", "VERSION", kind: .integer(0...999_999), sources: .flag,
    "stop at this version; for down: 0 takes everything back")
  private static let database = [Options.databaseURL, Options.adminDatabaseURL, Options.schema]

  static let declarations = [
    CommandDeclaration(
      ["migrate", "up"],
      "bring the schema to the newest version, and load changed functions and views",
      options: [target, Options.dryRun, force] + database,
      examples: [
        ("daybook migrate up", "apply everything that is pending"),
        ("daybook migrate up --dry-run", "print the SQL and change nothing"),
      ], run: up),
    CommandDeclaration(
      ["migrate", "down"], "take back the last migration, or those above --to",
      options: [target, Options.dryRun, force] + database,
      details: """
        Refuses to drop tables while they have rows that nothing makes again, and says which, unless
        --force: records, refused ones, the ledger, costs, journals, holds, users, sessions. Receipts
        of dropped months stay in any case; counts of unknown fields go. Each step is a transaction of
        its own: those before it are taken back.
        """,
      examples: [
        ("daybook migrate down", "take back the last one"),
        ("daybook migrate down --to 3", "take back what came after version 3"),
      ], run: down),
    CommandDeclaration(
      ["migrate", "status"],
      "show which migrations are applied, and which functions and views differ",
      options: Options.table + database,
      examples: [("daybook migrate status", "one line a migration")], run: status),
    CommandDeclaration(
      ["migrate", "print"], "print the SQL of all migrations, functions and views",
      options: [Options.json],
      examples: [("daybook migrate print > daybook.sql", "for a review, or for psql")], run: print),
  ]

  private static func up(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let goal = goal(context)
    let isForced = context.settings.isOn(force)
    if context.settings.isOn(Options.dryRun) {
      let (steps, objects) = try context.withMigrator { (migrator) throws(MigrationError) in
        (try migrator.planUp(to: goal, force: isForced), try migrator.planObjects(to: goal))
      }
      try show(steps, objects, context)
      return .success
    }
    let changes = try context.withMigrator { (migrator) throws(MigrationError) in
      let steps = try migrator.up(to: goal, force: isForced) { step in
        context.say("applied \(step.migration.title)")
      }
      if !migrator.loaded.isEmpty {
        context.say("loaded \(migrator.loaded.count) functions and views")
      }
      return steps.count + migrator.loaded.count
    }
    if changes == 0 { context.say("nothing to do") }
    return .success
  }

  private static func down(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let goal = goal(context)
    let isForced = context.settings.isOn(force)
    if context.settings.isOn(Options.dryRun) {
      let steps = try context.withMigrator { (migrator) throws(MigrationError) in
        try migrator.planDown(to: goal, force: isForced)
      }
      try show(steps, [], context)
      return .success
    }
    let steps = try context.withMigrator { (migrator) throws(MigrationError) in
      try migrator.down(to: goal, force: isForced) { step in
        context.say("took back \(step.migration.title)")
      }
    }
    if steps.isEmpty { context.say("nothing to do") }
    return .success
  }

  private static func goal(_ context: CommandContext) -> Int64? {
    context.settings.text(target).flatMap { Int64($0) }
  }

  private static func show(
    _ steps: [MigrationStep], _ objects: [SchemaObject], _ context: CommandContext
  ) throws(CommandError) {
    for step in steps { try context.output.write("-- \(step.migration.title)\n\(step.sql)\n") }
    for object in objects { try context.output.write("-- \(object.path)\n\(object.sql)\n") }
    if steps.isEmpty && objects.isEmpty { context.say("nothing to do") }
  }

  private static func status(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let (status, objects) = try context.withMigrator { (migrator) throws(MigrationError) in
      let status = try migrator.status()
      // Behind the newest version they are what they were made for.
      let isNewest = status.version == Migration.embedded.last?.version
      return (status, isNewest ? try migrator.objectDifferences() : [])
    }
    let rows = status.entries.map { entry in
      let (state, record) = describe(entry.state)
      return [
        String(entry.version), entry.title, state, record?.appliedAt, record?.appliedBy,
        record?.daybookVersion,
      ]
    }
    let names = ["version", "migration", "state", "applied_at", "applied_by", "daybook_version"]
    let columns = names.map { $0 == "version" ? TableColumn.number($0) : .text($0) }
    try context.list(
      Table(columns, rows: rows),
      json: rows.map { row in
        .object(
          zip(columns, row).map { column, value in
            let number = column.kind == .number ? value.flatMap { Int64($0) } : nil
            return .init(name: column.name, value: number.map { .integer($0) } ?? .optional(value))
          })
      })
    for intruder in status.intruders { context.say("\(intruder)") }
    for object in objects { context.say("\(object)") }
    if status.isDirty { context.say("another tool left version \(status.version) half applied") }
    return .success
  }

  private static func describe(
    _ state: MigrationStatus.State
  ) -> (String, MigrationStatus.Record?) {
    switch state {
    case .pending: ("pending", nil)
    case .applied(let record): ("applied", record)
    case .changed(let record): ("applied, file changed since", record)
    case .appliedElsewhere: ("applied by another tool", nil)
    }
  }

  private static func print(_ context: CommandContext) throws(CommandError) -> ExitCode {
    if context.wantsJSON {
      let items = Migration.embedded.map {
        JSONValue.object([
          "version": .integer($0.version), "migration": .string($0.title), "up": .string($0.up),
          "down": .string($0.down),
        ])
      }
      let objects = SchemaObject.embedded.map {
        JSONValue.object([
          "object": .string($0.name), "kind": .string($0.kind.rawValue), "sql": .string($0.sql),
        ])
      }
      try context.output.line(JSONValue.array(items + objects).text)
    } else {
      for migration in Migration.embedded {
        try context.output.write("-- \(migration.title)\n\(migration.up)\n")
      }
      try context.output.write("-- functions and views\n\(SchemaObject.preamble)\n\n")
      for object in SchemaObject.embedded {
        try context.output.write("-- \(object.path)\n\(object.sql)\n")
      }
    }
    return .success
  }
}
