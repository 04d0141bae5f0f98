// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Kafka
import Records
import Sysexits

/// `daybook validate`: would these records be accepted? By the decoder that ingests.
enum ValidateCommand {
  private static let table = OptionDeclaration(
    "table", "TABLE", kind: .choice(Stream.all.map(\.table)), sources: .flag,
    "the table that the records are meant for")
  static let profile = OptionDeclaration(
    "profile", "NAME", kind: .text, sources: .flag,
    "instead of --table: read the records by this profile, and print the rows that they give")
  private static let contentType = OptionDeclaration(
    "content-type", "TYPE", kind: .text, sources: .flag,
    "judge as if each record had this content-type header")
  private static let keyMeaning = OptionDeclaration(
    "key-is", "MEANING", kind: .choice(KeyMeaning.allCases.map(\.rawValue)), default: "compare",
    sources: .flag, "what the keys of the records are, as record_key says of a topic")
  private static let strict = OptionDeclaration(
    "strict", kind: .toggle, sources: .flag,
    "refuse records with an unknown field that looks like usage, cost or outcome")
  static let lines = OptionDeclaration(
    "lines", "WHAT", kind: .choice(LineFormat.allCases.map(\.rawValue)), default: "value",
    sources: .flag, "value: a line is a record's value; record: an object with its key and headers")

  static let declaration = CommandDeclaration(
    ["validate"], "tell which records of NDJSON files would be refused, and why",
    operands: "FILE|-…", count: 1...10_000,
    options: [
      table, profile, Options.profileDirectory, lines, keyMeaning, contentType, strict,
      Options.wide, Options.json,
    ] + Options.schemas,
    details: """
      One record a line; blank lines are skipped; gzip and zstd are recognised by their first
      bytes, and so is a file without such lines (Avro, Parquet, UTF-16, OTLP, one array): it is
      refused once, and named. With --lines record each line is {"key": TEXT, "headers": {NAME:
      TEXT}, "value": RECORD}, or what kcat -J prints. Refused lines are printed with all of their
      faults: reason code, field, advice, path and byte; with --json every line has a verdict, and
      the last object is the summary. Records with the identity of an earlier one are counted: the
      same again is a duplicate, another is refused. Fields that look like usage, cost or outcome
      and are not read are named; --strict refuses them.
      With --profile a file may also be one record: a JSON document over several lines, a request of
      OTLP in Protobuf, or a record of Avro with the frame of a registry. Exit code 65 if any is
      refused. No server is needed, but for the schemas of --schema-registry.
      """,
    examples: [
      ("daybook validate --table invocations calls.ndjson", "check a file before it is produced"),
      ("daybook validate --profile otlp spans.bin", "what a request of OTLP gives"),
      (
        "daybook validate --profile calls --schema-dir schemas call.avro",
        "what a framed record of Avro gives"
      ),
      ("jq -c . calls.json | daybook validate --table invocations --json -", "in a pipe"),
      (
        "kcat -b kafka:9092 -t calls -C -e -J | daybook validate --table invocations --lines record -",
        "what is in a topic"
      ),
    ], run: run)

  private static func run(_ context: CommandContext) throws(CommandError) -> ExitCode {
    if context.settings.text(profile) != nil { return try runProfile(context) }
    let stream = try IngestCommand.stream(named: context.settings.required(table))
    let settings = context.settings
    let headers = settings.text(contentType).map { [RecordHeader("content-type", $0)] } ?? []
    let judge = RecordJudge(
      stream: stream,
      keyMeaning: settings.text(keyMeaning).flatMap(KeyMeaning.init) ?? .compare,
      isStrict: settings.isOn(strict), now: .now())
    var run = ValidateRun(context: context, stream: stream, judge: judge, headers: headers)
    try run.judgeLines(settings.text(lines).flatMap(LineFormat.init) ?? .value)
    try run.printSummary()
    return judge.refused == 0 ? .success : .data
  }

  private static func runProfile(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let settings = context.settings
    guard settings.text(table) == nil else {
      throw CommandError(.usage, "--profile names the table itself: leave --table out")
    }
    let judge = ItemJudge(
      try CommandContext.profile(settings.required(profile), context.profiles()),
      isStrict: settings.isOn(strict), now: .now(), schemas: try context.fileSchemas())
    let headers = settings.text(contentType).map { [RecordHeader("content-type", $0)] } ?? []
    var run = ProfileRun(
      context: context, judge: judge, headers: headers,
      lines: settings.text(lines).flatMap(LineFormat.init) ?? .value)
    return try run.run() ? .success : .data
  }
}
