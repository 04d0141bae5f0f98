// SPDX-License-Identifier: Apache-2.0
import Records

/// Rows as they would be stored, for those who try a profile.
enum RowReport {
  /// The columns that hold something.
  static func json(_ fields: [RowField]) -> JSONValue {
    .object(
      fields.compactMap { field in
        field.value == .null ? nil : JSONValue.Member(name: field.column, value: json(field.value))
      })
  }

  static func json(_ value: RowField.Value) -> JSONValue {
    switch value {
    case .null: .null
    case .text(let text), .number(let text): .string(text)
    case .boolean(let flag): .boolean(flag)
    case .json(let text): .json(text)
    case .texts(let texts): .array(texts.map { .string($0) })
    }
  }

  static func json(_ finding: RecordJudge.Finding, _ stream: Stream) -> JSONValue {
    let rejection = finding.rejection
    return .object([
      "reason": .string(rejection.reason.code),
      "field": .optional(rejection.field(in: stream)), "path": .optional(finding.path),
      "byte": rejection.offset >= 0 ? .integer(Int(rejection.offset)) : .null,
      "message": .string(finding.message(in: stream)),
    ])
  }

  /// One line a row, with the columns in which one of them holds something.
  static func table(_ rows: [(place: String, fields: [RowField])]) -> Table {
    let columns = (rows.first?.fields ?? []).indices.filter { index in
      rows.contains { $0.fields[index].value != .null }
    }
    return Table(
      [.text("where", isKept: true)] + columns.map { .text(rows[0].fields[$0].column) },
      rows: rows.map { row in [row.place] + columns.map { text(row.fields[$0].value) } })
  }

  static func text(_ value: RowField.Value) -> String? {
    switch value {
    case .null: nil
    case .text(let text), .number(let text), .json(let text): text
    case .boolean(let flag): String(flag)
    case .texts(let texts): texts.joined(separator: ", ")
    }
  }
}
