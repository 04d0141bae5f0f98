// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Records
import Sysexits

/// `daybook profiles`: the formats of others that are read, and how.
enum ProfilesCommand {
  private static let record = OptionDeclaration(
    "record", "N", kind: .integer(1...1_000_000_000), default: "1", sources: .flag,
    "the record of the file, from 1")
  private static let item = OptionDeclaration(
    "item", "N", kind: .integer(0...1_000_000), default: "0", sources: .flag,
    "the item of the record, from 0")

  static let declarations = [
    CommandDeclaration(
      ["profiles", "list"], "list the formats of others that Daybook reads",
      options: [Options.profileDirectory] + Options.table,
      details: """
        A topic is read by a profile with --topic NAME=TABLE:PROFILE. Those of a site stand in
        --profile-dir, and win over those of Daybook with the same name.
        """,
      examples: [("daybook profiles list", "all of them, with the table that each fills")],
      run: list),
    CommandDeclaration(
      ["profiles", "show"], "print a profile as it is written",
      operands: "NAME", count: 1...1, options: [Options.profileDirectory],
      examples: [
        (
          "daybook profiles show cloudtrail > my-trail.profile",
          "the beginning of one's own"
        )
      ], run: show),
    CommandDeclaration(
      ["profiles", "explain"], "tell for each column of a row where its value came from",
      operands: "FILE|-", count: 1...1,
      options: [
        ValidateCommand.profile, Options.profileDirectory, ValidateCommand.lines, record, item,
      ] + Options.schemas + Options.table,
      details: """
        The path leads to the value in its item; of a request of OTLP the item is the span or log
        record with its resource and scope. Of a value that is made of several, one of them is named;
        columns without a path were given by a constant, a default or the envelope.
        """,
      examples: [
        (
          "daybook profiles explain --profile otlp --record 3 spans.ndjson",
          "the first span of the third request"
        )
      ], run: explain),
    CommandDeclaration(
      ["profiles", "test"], "compare the samples beside profiles with the rows expected of them",
      operands: "DIR", count: 1...1, options: Options.schemas + [Options.json],
      details: """
        For each DIR/NAME.profile, DIR/NAME/accepted.ndjson has a record a line (a text in quotes
        where a record has line feeds), and DIR/NAME/expected.ndjson in the same line an array with an
        object an item: columns and their values, or {"skipped": RULE}. DIR/NAME/rejected.ndjson has
        objects: "why" (the reason), "field", "item", and the "record". Exit code 65 when one differs.
        """,
      examples: [("daybook profiles test ./profiles", "before they are used")], run: test),
  ]

  private static func list(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let shelf = try context.profiles()
    var profiles: [Profile] = []
    for name in shelf.names { profiles.append(try CommandContext.profile(name, shelf)) }
    let rows =
      Stream.all.map { [Profile.own, $0.table, "json", "Daybook's own contract."] }
      + profiles.map { [$0.name, $0.table, $0.format.rawValue, $0.about] }
    let names = ["profile", "table", "format", "reads"]
    let table = Table(
      [.text(names[0], isKept: true)] + names.dropFirst().map { .text($0) }, rows: rows)
    try context.list(
      table,
      json: rows.map { row in
        .object(zip(names, row).map { JSONValue.Member(name: $0, value: .string($1)) })
      })
    return .success
  }

  private static func show(_ context: CommandContext) throws(CommandError) -> ExitCode {
    if context.operands[0] == Profile.own {
      for stream in Stream.all { try context.output.write(OwnContract.text(of: stream)) }
      return .success
    }
    let profile = try CommandContext.profile(context.operands[0], context.profiles())
    try context.output.write(profile.text)
    return .success
  }

  private static func explain(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let settings = context.settings
    let profile = try CommandContext.profile(
      settings.required(ValidateCommand.profile), context.profiles())
    let judge = ItemJudge(
      profile, isStrict: false, now: .now(), schemas: try context.fileSchemas())
    let wanted = settings.integer(record)
    var files = RecordFiles(paths: context.operands)
    var number = 0
    while let found = try files.next() {
      number += 1
      guard number == wanted else { continue }
      let format = settings.text(ValidateCommand.lines).flatMap(LineFormat.init) ?? .value
      let items = try judge.items(of: try found.input(format))
      let position = settings.integer(item)
      guard items.indices.contains(position) else {
        throw CommandError(
          .usage, "record \(wanted) has \(items.count) items: give --item 0 to \(items.count - 1)")
      }
      return try explain(items[position], judge, context)
    }
    throw CommandError(.usage, "the file has \(number) records: give one of them to --record")
  }

  private static func explain(
    _ item: ItemJudge.Item, _ judge: ItemJudge, _ context: CommandContext
  ) throws(CommandError) -> ExitCode {
    switch item.outcome {
    case .row(let fields):
      let shown = fields.filter { $0.value != .null }
      let table = Table(
        [.text("column", isKept: true), .text("value"), .text("from")],
        rows: shown.map { [$0.column, RowReport.text($0.value), path($0)] })
      try context.list(
        table,
        json: shown.map {
          .object([
            "column": .string($0.column), "value": RowReport.json($0.value),
            "from": .optional(path($0)),
          ])
        })
      return .success
    case .skipped(let rule):
      try context.output.line("skipped by the rule \(rule)")
      return .success
    case .refused(let findings):
      for finding in findings {
        try context.output.line(
          "\(finding.rejection.reason.code): \(finding.message(in: judge.profile.stream))")
      }
      return .data
    }
  }

  private static func path(_ field: RowField) -> String? {
    if case .path(let path) = field.origin { path } else { nil }
  }

  private static func test(_ context: CommandContext) throws(CommandError) -> ExitCode {
    var run = try ProfileTestRun(context)
    return try run.run() ? .success : .data
  }
}
