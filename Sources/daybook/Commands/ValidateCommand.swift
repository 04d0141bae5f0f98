// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Records

/// `daybook validate`: would these records be accepted? By the decoder that ingests.
enum ValidateCommand {
  private static let table = OptionDeclaration(
    "table", "TABLE", kind: .choice(Stream.all.map(\.table)), sources: .flag,
    "the table that the records are meant for")
  private static let contentType = OptionDeclaration(
    "content-type", "TYPE", kind: .text, sources: .flag,
    "judge as if each record had this content-type header")

  private static let strict = OptionDeclaration(
    "strict", kind: .toggle, sources: .flag,
    "refuse records with an unknown field that looks like usage, cost or outcome")

  static let declaration = CommandDeclaration(
    ["validate"], "tell which records of an NDJSON file would be refused, and why",
    operands: "FILE|-", count: 1...1, options: [table, contentType, strict, Options.json],
    details: """
      One record a line; blank lines are skipped. Refused lines are printed with their reason code,
      field and advice; with --json every line has a verdict, and the last object is the summary.
      Fields that look like usage, cost or outcome and are not read are named; --strict refuses them.
      Exit code 65 if any is refused. No server is needed.
      """,
    examples: [
      ("daybook validate --table invocations calls.ndjson", "check a file before it is produced"),
      ("jq -c . calls.json | daybook validate --table invocations --json -", "in a pipe"),
    ], run: run)

  private static func run(_ context: CommandContext) throws(Fault) -> ExitCode {
    let stream = try IngestCommand.stream(named: context.settings.required(table))
    let judge = RecordJudge(
      stream: stream, contentType: context.settings.text(contentType),
      isStrict: context.settings.isOn(strict), now: .now())
    var reader = try LineReader(path: context.operands[0])
    var lineNumber = 0
    while let line = try reader.next() {
      lineNumber += 1
      guard line.contains(where: { $0 != 0x20 && $0 != 0x09 }) else { continue }
      let rejection = judge.judge(line)
      if context.wantsJSON {
        try context.output.line(
          verdict(lineNumber, rejection, judge, stream).text)
      } else {
        for fault in judge.faults {
          let reason = fault.reason.code
          try context.output.line("line \(lineNumber): \(reason): \(fault.message(in: stream))")
        }
      }
      if !context.wantsJSON, !judge.unreadNames.isEmpty {
        let names = judge.unreadNames.joined(separator: ", ")
        try context.output.line("line \(lineNumber): not read: \(names)")
      }
    }
    try printSummary(judge, context)
    return judge.refused == 0 ? .success : .data
  }

  private static func verdict(
    _ line: Int, _ rejection: Rejection?, _ judge: RecordJudge, _ stream: Stream
  ) -> JSONValue {
    var members = [
      JSONValue.Member(name: "line", value: .integer(line)),
      JSONValue.Member(name: "accepted", value: .boolean(rejection == nil)),
    ]
    if let rejection {
      members += [
        .init(name: "reason", value: .string(rejection.reason.code)),
        .init(name: "field", value: .optional(rejection.field(in: stream))),
        .init(name: "message", value: .string(rejection.message(in: stream))),
        .init(name: "faults", value: .array(judge.faults.map { fault($0, stream) })),
      ]
    }
    if !judge.unreadNames.isEmpty {
      let names = judge.unreadNames.map { JSONValue.string($0) }
      members.append(.init(name: "not_read", value: .array(names)))
    }
    return .object(members)
  }

  private static func fault(_ fault: Rejection, _ stream: Stream) -> JSONValue {
    .object([
      "reason": .string(fault.reason.code), "field": .optional(fault.field(in: stream)),
      "byte": fault.offset >= 0 ? .integer(Int(fault.offset)) : .null,
      "message": .string(fault.message(in: stream)),
    ])
  }

  private static func printSummary(
    _ judge: RecordJudge, _ context: CommandContext
  ) throws(Fault) {
    let reasons = judge.reasons.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    if context.wantsJSON {
      let counts = reasons.map { JSONValue.Member(name: $0.key, value: .integer($0.value)) }
      let summary = JSONValue.object([
        "records": .integer(judge.accepted + judge.refused), "accepted": .integer(judge.accepted),
        "refused": .integer(judge.refused), "reasons": .object(counts),
        "unknown_fields": .integer(judge.unknownFields),
        "not_read": .object(
          judge.unread.sorted { $0.key < $1.key }.map {
            JSONValue.Member(name: $0.key, value: .integer($0.value))
          }),
      ])
      try context.output.line(JSONValue.object(["summary": summary]).text)
      return
    }
    try context.output.line(
      "\(judge.accepted + judge.refused) records: \(judge.accepted) accepted, "
        + "\(judge.refused) refused")
    for (reason, count) in reasons { try context.output.line("  \(count) \(reason)") }
    for (name, count) in judge.unread.sorted(by: { $0.key < $1.key }) {
      try context.output.line("  \(count) with \(name), which is not read")
    }
    if judge.unknownFields > 0 {
      context.say("\(judge.unknownFields) unknown fields would be ignored: check their spelling")
    }
  }
}
