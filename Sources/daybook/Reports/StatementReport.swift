// SPDX-License-Identifier: Apache-2.0
import Books

/// A statement as people and programs read it.
enum StatementReport {
  static func print(
    _ statement: Statement, isDraft: Bool, _ context: CommandContext
  ) throws(CommandError) {
    if context.wantsJSON {
      return try context.output.line(json(statement, isDraft: isDraft).text)
    }
    try context.output.line(title(statement, isDraft: isDraft))
    try context.output.write(context.text(table(statement)))
    for note in notes(statement) { try context.output.line(note) }
    if let sha256 = statement.sha256 {
      try context.output.line("sha256 \(sha256)" + (isDraft ? " (draft)" : ""))
      try context.output.line("follows \(statement.previousSHA256 ?? "nothing: it is the first")")
    }
    for problem in statement.problems { try context.output.line("problem: \(problem)") }
    if statement.problems.isEmpty, statement.basis == .closed, !isDraft {
      try context.output.line("its hash and its place in the chain are right")
    }
  }

  private static func title(_ statement: Statement, isDraft: Bool) -> String {
    let asOf = statement.dataAsOf.map { ", data as of \($0)" } ?? ""
    switch statement.basis {
    case .closed where isDraft:
      return "\(statement.month) would be closed as version \(statement.version ?? 0)\(asOf)"
    case .closed:
      return
        "\(statement.month) version \(statement.version ?? 0), closed \(statement.closedAt ?? "")"
        + " by \(statement.closedBy ?? "")\(statement.reason.map { " (\($0))" } ?? "")\(asOf)"
    case .open: return "\(statement.month) is open: the amounts still change\(asOf)"
    case .recomputed:
      return "\(statement.month) as it was known at \(statement.dataAsOf ?? ""), when it was open"
    }
  }

  private static func table(_ statement: Statement) -> Table {
    Table(
      [
        .text("tenant_id"), .text("tenant_name"), .text("payer"), .text("time_zone"),
        .text("currency", isKept: true), .sum("charges"), .sum("corrections"),
        .sum("total", isKept: true), .sum("total_rounded", isKept: true), .sum("records"),
        .sum("unpriced_records"), .sum("input_tokens"), .sum("output_tokens"),
      ],
      rows: statement.lines.map { line in
        let amounts = [line.charges, line.corrections, line.total, line.totalRounded]
        let hasAmounts = !CurrencyText.isNone(line.currency)
        return [
          line.tenant, line.tenantName, line.payer, line.timeZone,
          CurrencyText.words(line.currency),
        ] + amounts.map { hasAmounts ? $0 : nil } + [
          String(line.records), String(line.unpricedRecords), String(line.inputTokens),
          String(line.outputTokens),
        ]
      })
  }

  /// What a reader of a bill would take for a mistake.
  private static func notes(_ statement: Statement) -> [String] {
    var notes: [String] = []
    let counted = statement.lines.filter { $0.records < 0 || $0.unpricedRecords < 0 }
    if !counted.isEmpty {
      let tenants = Set(counted.map(\.tenant)).sorted().joined(separator: ", ")
      notes.append(
        "negative counts (\(tenants)): calls of closed months that had another currency or none when"
          + " they were billed; they are counted off here, and counted where they have their cost now"
      )
    }
    let owed = statement.lines.filter { $0.total.hasPrefix("-") }
    if !owed.isEmpty {
      let tenants = Set(owed.map(\.tenant)).sorted().joined(separator: ", ")
      notes.append(
        "negative totals (\(tenants)): corrections of closed months give back more than this month"
          + " costs; daybook costs explain shows them")
    }
    return notes
  }

  private static func json(_ statement: Statement, isDraft: Bool) -> JSONValue {
    .object([
      "month": .string("\(statement.month)"), "basis": .string(statement.basis.rawValue),
      "is_draft": .boolean(isDraft), "version": statement.version.map { .integer($0) } ?? .null,
      "closed_at": .optional(statement.closedAt), "closed_by": .optional(statement.closedBy),
      "reason": .optional(statement.reason), "data_as_of": .optional(statement.dataAsOf),
      "sha256": .optional(statement.sha256),
      "previous_sha256": .optional(statement.previousSHA256),
      "problems": .array(statement.problems.map { .string($0) }),
      "lines": .array(statement.lines.map(json)),
    ])
  }

  private static func json(_ line: Statement.Line) -> JSONValue {
    .object([
      "tenant_id": .string(line.tenant), "tenant_name": .optional(line.tenantName),
      "payer": .optional(line.payer), "time_zone": .string(line.timeZone),
      "currency": .string(line.currency), "charges": .string(line.charges),
      "corrections": .string(line.corrections), "total": .string(line.total),
      "minor_units": .integer(line.minorUnits), "total_rounded": .string(line.totalRounded),
      "records": .integer(line.records), "unpriced_records": .integer(line.unpricedRecords),
      "input_tokens": .integer(line.inputTokens), "output_tokens": .integer(line.outputTokens),
    ])
  }
}
