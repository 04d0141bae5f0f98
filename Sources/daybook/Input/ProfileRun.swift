// SPDX-License-Identifier: Apache-2.0
import Kafka
import Records

/// One run of `daybook validate --profile`.
struct ProfileRun: ~Copyable {
  let context: CommandContext
  let judge: ItemJudge
  let headers: [RecordHeader]
  let lines: LineFormat
  private var seen = SeenRecords()
  private var counts = Counts()
  private var rows: [(place: String, fields: [RowField])] = []

  /// Rows that are shown as a table.
  static let shownRowsMax = 200

  private struct Counts {
    var records = 0
    var items = 0
    var accepted = 0
    var refused = 0
    var duplicates = 0
    var skipped: [String: Int] = [:]
    var reasons: [String: Int] = [:]
    var unread: [String: Int] = [:]
  }

  init(
    context: CommandContext, judge: ItemJudge, headers: [RecordHeader], lines: LineFormat
  ) {
    self.context = context
    self.judge = judge
    self.headers = headers
    self.lines = lines
  }

  /// Whether nothing was refused.
  mutating func run() throws(CommandError) -> Bool {
    var files = RecordFiles(paths: context.operands)
    while let record = try files.next() {
      counts.records += 1
      let place = place(record)
      var input = try record.input(lines)
      input.headers = headers + input.headers
      var verdicts: [SeenRecords.Verdict] = []
      let items = try judge.items(of: input) { decoder in
        let verdict = seen.note(decoder, line: place)
        verdicts.append(verdict)
        if case .conflict = verdict { return Rejection(.conflictingDuplicate) }
        return nil
      }
      for verdict in verdicts {
        if case .duplicate = verdict { counts.duplicates += 1 }
      }
      for item in items { try report(item, place, record) }
    }
    try printSummary()
    return counts.refused == 0
  }

  private func place(_ record: RecordFiles.Record) -> String {
    if record.line == 0 { return record.file }
    return context.operands.count > 1 ? "\(record.file):\(record.line)" : "line \(record.line)"
  }

  private mutating func report(
    _ item: ItemJudge.Item, _ place: String, _ record: RecordFiles.Record
  ) throws(CommandError) {
    counts.items += 1
    for name in item.unread { counts.unread[name, default: 0] += 1 }
    let place = item.number.map { "\(place), item \($0)" } ?? place
    switch item.outcome {
    case .row(let fields):
      counts.accepted += 1
      if !context.wantsJSON, rows.count < Self.shownRowsMax { rows.append((place, fields)) }
    case .skipped(let rule): counts.skipped[rule, default: 0] += 1
    case .refused(let findings):
      counts.refused += 1
      if let first = findings.first { counts.reasons[first.rejection.reason.code, default: 0] += 1 }
      if !context.wantsJSON {
        for finding in findings {
          try context.output.line(
            "\(place): \(finding.rejection.reason.code): \(finding.message(in: judge.profile.stream))"
          )
        }
      }
    }
    if context.wantsJSON { return try context.output.line(json(item, record).text) }
    if !item.unread.isEmpty {
      try context.output.line("\(place): not read: \(item.unread.joined(separator: ", "))")
    }
  }

  private func json(_ item: ItemJudge.Item, _ record: RecordFiles.Record) -> JSONValue {
    var members: [JSONValue.Member] = []
    func add(_ name: String, _ value: JSONValue) {
      members.append(JSONValue.Member(name: name, value: value))
    }
    if context.operands.count > 1 { add("file", .string(record.file)) }
    add("line", record.line > 0 ? .integer(record.line) : .null)
    add("item", item.number.map { .integer($0) } ?? .null)
    switch item.outcome {
    case .row(let fields):
      add("accepted", .boolean(true))
      add("row", RowReport.json(fields))
    case .skipped(let rule): add("skipped", .string(rule))
    case .refused(let findings):
      add("accepted", .boolean(false))
      add(
        "faults", .array(findings.map { RowReport.json($0, judge.profile.stream) }))
    }
    if !item.unread.isEmpty { add("not_read", .array(item.unread.map { .string($0) })) }
    return .object(members)
  }

  private func printSummary() throws(CommandError) {
    if seen.isFull {
      context.say("duplicates are looked for among the first \(SeenRecords.countMax) items only")
    }
    guard !context.wantsJSON else {
      return try context.output.line(JSONValue.object(["summary": summary]).text)
    }
    if !rows.isEmpty { try context.output.write(RowReport.table(rows).text(context.tableView)) }
    if counts.accepted > rows.count {
      try context.output.line("the first \(rows.count) of \(counts.accepted) rows are shown")
    }
    let skipped = counts.skipped.values.reduce(0, +)
    try context.output.line(
      "\(counts.records) records, \(counts.items) items: \(counts.accepted) rows, \(skipped) skipped, "
        + "\(counts.refused) refused")
    for (rule, count) in counts.skipped.sorted(by: { $0.key < $1.key }) {
      try context.output.line("  \(count) skipped: \(rule)")
    }
    for (reason, count) in counts.reasons.sorted(by: { $0.key < $1.key }) {
      try context.output.line("  \(count) refused: \(reason)")
    }
    for (name, count) in counts.unread.sorted(by: { $0.key < $1.key }) {
      try context.output.line("  \(count) with \(name), which is not read")
    }
    if counts.duplicates > 0 {
      try context.output.line("\(counts.duplicates) of the rows repeat an earlier one: stored once")
    }
  }

  private var summary: JSONValue {
    func object(_ counts: [String: Int]) -> JSONValue {
      .object(
        counts.sorted { $0.key < $1.key }
          .map { JSONValue.Member(name: $0.key, value: .integer($0.value)) })
    }
    return .object([
      "records": .integer(counts.records), "items": .integer(counts.items),
      "accepted": .integer(counts.accepted), "skipped": object(counts.skipped),
      "refused": .integer(counts.refused), "reasons": object(counts.reasons),
      "duplicates": .integer(counts.duplicates), "not_read": object(counts.unread),
    ])
  }
}
