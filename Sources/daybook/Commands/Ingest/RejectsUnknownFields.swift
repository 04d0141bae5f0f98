// SPDX-License-Identifier: Apache-2.0
import Ledger
import Postgres
import Sysexits

/// `daybook rejects unknown-fields`: what stored records say and nobody reads.
enum RejectsUnknownFields {
  static func run(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let filter = RejectsCommand.filter(context.settings)
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
}
