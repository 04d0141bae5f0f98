// SPDX-License-Identifier: Apache-2.0
import Kafka
import Records

/// One run of `daybook validate`.
struct ValidateRun: ~Copyable {
  let context: CommandContext
  let stream: Stream
  let judge: RecordJudge
  /// Before those of the record itself.
  let headers: [RecordHeader]
  private var seen = SeenRecords()
  private var duplicates = 0

  /// Beside the reasons of records.
  private static let tooLong = "line_too_long"
  private static let notARecord = "not_a_record"
  private static let notLines = "not_ndjson"

  init(context: CommandContext, stream: Stream, judge: RecordJudge, headers: [RecordHeader]) {
    self.context = context
    self.stream = stream
    self.judge = judge
    self.headers = headers
  }

  mutating func judgeLines(_ format: LineFormat) throws(CommandError) {
    let records = InputRecordReader(format)
    var reader = LineReader(paths: context.operands)
    while let line = try reader.next() { try report(line, records) }
  }

  private mutating func report(
    _ line: LineReader.Line, _ records: InputRecordReader
  ) throws(CommandError) {
    switch line.content {
    case .bytes(let bytes):
      let record: InputRecord
      do throws(LineError) {
        record = try records.record(of: bytes)
      } catch {
        return try noRecord(line, Self.notARecord, error.message)
      }
      try report(line, record)
    case .tooLong:
      try noRecord(
        line, Self.tooLong, "the line is longer than \(LineReader.lineBytesMax) bytes")
    case .noLines(let format): try noRecord(line, Self.notLines, "the file is \(format.advice)")
    }
  }

  private func noRecord(
    _ line: LineReader.Line, _ reason: String, _ message: String
  ) throws(CommandError) {
    judge.refuse(reason)
    try refused(line, reason, nil, message)
  }

  private mutating func report(_ line: LineReader.Line, _ given: InputRecord) throws(CommandError) {
    var record = given
    record.headers = headers + record.headers
    var verdict = SeenRecords.Verdict.new
    let position = position(line)
    let finding = judge.judge(record) { decoder in
      verdict = seen.note(decoder, line: position)
      if case .conflict = verdict { return Rejection(.conflictingDuplicate) }
      return nil
    }
    if !context.wantsJSON, !judge.unreadNames.isEmpty {
      let names = judge.unreadNames.joined(separator: ", ")
      try context.output.line("\(position): not read: \(names)")
    }
    guard let finding else { return try accepted(line, verdict) }
    let rejection = finding.rejection
    let message = finding.message(in: stream)
    if case .conflict(let first) = verdict {
      return try refused(
        line, rejection.reason.code, nil, "\(message) (the other is \(first))")
    }
    guard context.wantsJSON else {
      for fault in judge.faults {
        try context.output.line(
          "\(position): \(fault.rejection.reason.code): \(fault.message(in: stream))")
      }
      return
    }
    try refused(
      line, rejection.reason.code, rejection.field(in: stream), message,
      [
        .init(name: "faults", value: .array(judge.faults.map { [stream] in Self.json($0, stream) }))
      ], judge.unreadNames)
  }

  private static func json(_ fault: RecordJudge.Finding, _ stream: Stream) -> JSONValue {
    let rejection = fault.rejection
    return .object([
      "reason": .string(rejection.reason.code), "field": .optional(rejection.field(in: stream)),
      "path": .optional(fault.path),
      "byte": rejection.offset >= 0 ? .integer(Int(rejection.offset)) : .null,
      "message": .string(fault.message(in: stream)),
    ])
  }

  private func position(_ line: LineReader.Line) -> String {
    if line.number == 0 { return line.file }
    return context.operands.count > 1 ? "\(line.file):\(line.number)" : "line \(line.number)"
  }

  private mutating func accepted(
    _ line: LineReader.Line, _ verdict: SeenRecords.Verdict
  ) throws(CommandError) {
    var members: [JSONValue.Member] = []
    if case .duplicate(let first) = verdict {
      duplicates += 1
      members.append(.init(name: "duplicate_of", value: .string(first)))
    }
    if context.wantsJSON { try put(line, isAccepted: true, members, judge.unreadNames) }
  }

  private func refused(
    _ line: LineReader.Line, _ reason: String, _ field: String?, _ message: String,
    _ more: [JSONValue.Member] = [], _ unread: [String] = []
  ) throws(CommandError) {
    guard context.wantsJSON else {
      return try context.output.line("\(position(line)): \(reason): \(message)")
    }
    try put(
      line, isAccepted: false,
      [
        .init(name: "reason", value: .string(reason)),
        .init(name: "field", value: .optional(field)),
        .init(name: "message", value: .string(message)),
      ] + more, unread)
  }

  private func put(
    _ line: LineReader.Line, isAccepted: Bool, _ more: [JSONValue.Member], _ unread: [String]
  ) throws(CommandError) {
    var members: [JSONValue.Member] = []
    if context.operands.count > 1 { members.append(.init(name: "file", value: .string(line.file))) }
    members.append(.init(name: "line", value: line.number > 0 ? .integer(line.number) : .null))
    members.append(.init(name: "accepted", value: .boolean(isAccepted)))
    members += more
    if !unread.isEmpty {
      members.append(.init(name: "not_read", value: .array(unread.map { .string($0) })))
    }
    try context.output.line(JSONValue.object(members).text)
  }

  func printSummary() throws(CommandError) {
    let unread = judge.unread.sorted { $0.key < $1.key }
    let reasons = judge.reasons.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    if seen.isFull {
      context.say("duplicates are looked for among the first \(SeenRecords.countMax) records only")
    }
    if context.wantsJSON {
      let counts = reasons.map { JSONValue.Member(name: $0.key, value: .integer($0.value)) }
      let summary = JSONValue.object([
        "records": .integer(judge.accepted + judge.refused), "accepted": .integer(judge.accepted),
        "refused": .integer(judge.refused), "reasons": .object(counts),
        "duplicates": .integer(duplicates), "unknown_fields": .integer(judge.unknownFields),
        "not_read": .object(
          unread.map { JSONValue.Member(name: $0.key, value: .integer($0.value)) }),
      ])
      return try context.output.line(JSONValue.object(["summary": summary]).text)
    }
    try context.output.line(
      "\(judge.accepted + judge.refused) records: \(judge.accepted) accepted, "
        + "\(judge.refused) refused")
    for (reason, count) in reasons { try context.output.line("  \(count) \(reason)") }
    for (name, count) in unread {
      try context.output.line("  \(count) with \(name), which is not read")
    }
    if duplicates > 0 {
      try context.output.line(
        "\(duplicates) of the accepted ones repeat an earlier line: stored once")
    }
    if judge.unknownFields > 0 {
      context.say("\(judge.unknownFields) unknown fields would be ignored: check their spelling")
    }
  }
}
