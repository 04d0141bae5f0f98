// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Ledger
import Postgres
import Records
import Sysexits

/// `daybook rejects list|summary|unknown-fields|show`: what was refused, why, and (only on request)
/// its bytes.
enum RejectsCommand {
  private static let topic = OptionDeclaration(
    "topic", "NAME", kind: .text, sources: .flag, "only records of this topic")
  private static let partition = OptionDeclaration(
    "partition", "P", kind: .integer(0...Int(Int32.max)), sources: .flag, "the Kafka partition")
  private static let offset = OptionDeclaration(
    "offset", "N", kind: .integer(0...Int.max), sources: .flag, "the Kafka offset")
  private static let item = OptionDeclaration(
    "item", "N", kind: .integer(0...Int(Int32.max)), sources: .flag,
    "the item of a record that holds many; without it, the first that was refused")
  private static let reason = OptionDeclaration(
    "reason", "CODE", kind: .choice(Reason.allCases.map(\.code)), sources: .flag,
    "only records refused for this reason")
  private static let since = OptionDeclaration(
    "since", "TIME", kind: .time, sources: .flag, "only records refused at or after this time")
  private static let limit = OptionDeclaration(
    "limit", "N", kind: .integer(1...100_000), default: "50", sources: .flag,
    "print so many at most")
  private static let payload = OptionDeclaration(
    "payload", kind: .toggle, sources: .flag,
    "print key, payload and headers too: they may hold personal data")

  private static let filters = [topic, reason, since, limit] + Options.table

  static let declarations = [
    CommandDeclaration(
      ["rejects", "list"], "list refused records, newest first",
      options: filters + Options.database,
      examples: [
        ("daybook rejects list --reason bad_time --since 2026-08-01T00:00:00Z", "what to repair"),
        ("daybook rejects list --topic ai.llm-invocations.v1 --json", "for a script"),
      ], run: list),
    CommandDeclaration(
      ["rejects", "summary"], "count refused records by topic, reason and field",
      options: filters + Options.database,
      examples: [("daybook rejects summary", "which producer has which problem")], run: summary),
    CommandDeclaration(
      ["rejects", "unknown-fields"],
      "list fields that look like usage, cost or outcome and are not read",
      options: [topic, since, limit, RejectsUnknownFields.byDay, Options.json] + Options.database,
      details: """
        Counted when the records are stored, duplicates again, with the place of the last one. What
        such a field says is lost: its producer has to send it by a name of the schema, or the profile
        of the topic has to read it.
        """,
      examples: [
        ("daybook rejects unknown-fields --since 2026-11-01T00:00:00Z", "what was lost this month")
      ],
      run: RejectsUnknownFields.run),
    CommandDeclaration(
      ["rejects", "show"], "show one refused record",
      options: [topic, partition, offset, item, OffsetsCommand.cluster, payload, Options.json]
        + Options.database,
      details:
        "Without --payload only where it was and why it was refused. Bytes that are no text\n"
        + "are printed in hexadecimal. Of a refused item they are those of its whole record, which\n"
        + "are kept once.",
      examples: [
        (
          "daybook rejects show --topic calls.v1 --partition 3 --offset 4711 --payload",
          "with its bytes"
        )
      ], run: show),
  ]

  static func filter(_ settings: Settings) -> RejectFilter {
    RejectFilter(
      topic: settings.text(topic), reason: settings.text(reason),
      since: settings.text(since).flatMap(ValueKind.time), limit: settings.integer(limit))
  }

  private static func list(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let filter = filter(context.settings)
    let records = try context.withLedger(context.database, wants: "app_audit_read") {
      (ledger) throws(PostgresError) in
      try ledger.rejects(filter)
    }
    let table = Table(
      [
        .text("rejected_at"), .text("topic"), .id("partition"), .id("offset"),
        .text("reason"), .text("field"), .text("message"),
      ],
      rows: records.map {
        [
          $0.rejectedAt, $0.topic, String($0.partition),
          String($0.offset) + ($0.item.map { "#\($0)" } ?? ""), $0.reason, $0.field, $0.message,
        ]
      })
    try context.list(table, json: records.map { .object(members($0)) })
    return .success
  }

  private static func summary(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let filter = filter(context.settings)
    let counts = try context.withLedger(context.database, wants: "app_audit_read") {
      (ledger) throws(PostgresError) in
      try ledger.rejectCounts(filter)
    }
    let table = Table(
      [.text("topic"), .text("reason"), .text("field"), .number("records"), .text("last")],
      rows: counts.map { [$0.topic, $0.reason, $0.field, String($0.count), $0.last] })
    try context.list(
      table,
      json: counts.map {
        .object([
          "topic": .string($0.topic), "reason": .string($0.reason), "field": .optional($0.field),
          "records": .integer($0.count), "last": .string($0.last),
        ])
      })
    return .success
  }

  private static func show(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let topicName = try context.settings.required(topic)
    guard let partitionNumber = Int(try context.settings.required(partition)),
      let offsetNumber = Int64(try context.settings.required(offset))
    else { throw CommandError(.usage, "give --partition and --offset") }
    let itemNumber = context.settings.text(item).flatMap { Int($0) }
    let clusterID = context.settings.text(OffsetsCommand.cluster)
    let found = try context.withLedger(context.database, wants: "app_audit_read") {
      (ledger) throws(PostgresError) in
      try ledger.reject(
        topic: topicName, partition: partitionNumber, offset: offsetNumber, item: itemNumber,
        cluster: clusterID)
    }
    guard let (record, content) = found else {
      let what = itemNumber.map { "refused item \($0)" } ?? "refused record"
      throw CommandError(
        .noInput,
        "no \(what) at \(topicName)/\(partitionNumber) offset \(offsetNumber): "
          + "see daybook rejects list")
    }
    var all = members(record)
    if context.settings.isOn(payload) { all += members(content) }
    if context.wantsJSON {
      try context.output.line(JSONValue.object(all).text)
    } else {
      for member in all {
        let text = if case .string(let text) = member.value { text } else { member.value.text }
        let shown = Table([.text(member.name)], rows: [[text]]).aligned
        let line = shown.split(separator: "\n").last.map(String.init) ?? ""
        try context.output.line("\(member.name): \(line)")
      }
    }
    return .success
  }

  private static func members(_ record: RejectedRecord) -> [JSONValue.Member] {
    [
      .init(name: "rejected_at", value: .string(record.rejectedAt)),
      .init(name: "cluster_id", value: .string(record.clusterID)),
      .init(name: "topic", value: .string(record.topic)),
      .init(name: "partition", value: .integer(record.partition)),
      .init(name: "offset", value: .integer(record.offset)),
      .init(name: "item", value: record.item.map { .integer($0) } ?? .null),
      .init(name: "table", value: .string(record.table)),
      .init(name: "reason", value: .string(record.reason)),
      .init(name: "field", value: .optional(record.field)),
      .init(name: "message", value: .string(record.message)),
      .init(name: "payload_bytes", value: record.payloadBytes.map { .integer($0) } ?? .null),
    ]
  }

  private static func members(_ content: RejectedContent) -> [JSONValue.Member] {
    bytes("key", content.key) + bytes("payload", content.payload) + [
      .init(name: "headers", value: .optional(content.headers))
    ]
  }

  /// Text where it is text, else hexadecimal under a name that says so.
  private static func bytes(_ name: String, _ bytes: [UInt8]?) -> [JSONValue.Member] {
    guard let bytes else { return [.init(name: name, value: .null)] }
    if let text = String(validating: bytes, as: UTF8.self) {
      return [.init(name: name, value: .string(text))]
    }
    let hex = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    return [.init(name: name + "_hex", value: .string(hex))]
  }
}
