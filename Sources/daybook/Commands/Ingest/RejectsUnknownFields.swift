// SPDX-License-Identifier: Apache-2.0
import Ledger
import Postgres
import Sysexits

/// `daybook rejects unknown-fields`: what stored records say and nobody reads.
enum RejectsUnknownFields {
  static let byDay = OptionDeclaration(
    "by-day", kind: .toggle, sources: .flag, "a row for each UTC day on which records were stored")

  static func run(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let filter = RejectsCommand.filter(context.settings)
    if context.settings.isOn(byDay) { return try listDays(context, filter) }
    let fields = try context.withLedger(context.database, wants: "app_audit_read") {
      (ledger) throws(PostgresError) in
      try ledger.unknownFields(filter)
    }
    let table = Table(
      [
        .text("topic"), .text("table"), .text("field"), .number("records"), .text("first_seen"),
        .text("last_seen"), .number("partition"), .number("offset"),
      ],
      rows: fields.map {
        [
          $0.topic, $0.table, $0.field, String($0.records), $0.firstSeen, $0.lastSeen,
          String($0.partition), String($0.offset),
        ]
      })
    try context.list(
      table,
      json: fields.map {
        .object([
          "topic": .string($0.topic), "table": .string($0.table), "field": .string($0.field),
          "records": .integer($0.records), "first_seen": .string($0.firstSeen),
          "last_seen": .string($0.lastSeen), "partition": .integer($0.partition),
          "offset": .integer($0.offset),
        ])
      })
    return .success
  }

  private static func listDays(
    _ context: CommandContext, _ filter: RejectFilter
  ) throws(CommandError) -> ExitCode {
    let days = try context.withLedger(context.database, wants: "app_audit_read") {
      (ledger) throws(PostgresError) in
      try ledger.unknownFieldDays(filter)
    }
    let table = Table(
      [.text("day"), .text("topic"), .text("table"), .text("field"), .number("records")],
      rows: days.map { [$0.day, $0.topic, $0.table, $0.field, String($0.records)] })
    try context.list(
      table,
      json: days.map {
        .object([
          "day": .string($0.day), "topic": .string($0.topic), "table": .string($0.table),
          "field": .string($0.field), "records": .integer($0.records),
        ])
      })
    return .success
  }
}
