// SPDX-License-Identifier: Apache-2.0
import Books

/// An explanation in words and as JSON.
enum ExplainText {
  static func text(_ found: Explanation, _ view: TableView) -> String {
    var text = ""
    for section in found.sections where !section.rows.isEmpty {
      let table = withItems(section)
      text += section.title + "\n" + table.text(view)
      if section.more > 0 { text += "… and \(section.more) more: --limit\n" }
      text += "\n"
    }
    for note in found.notes { text += "note: \(note)\n" }
    for check in found.checks { text += line(check) + "\n" }
    return text
  }

  /// `offset#item` where a row came from an item of a record; records are their own item mostly.
  private static func withItems(_ section: Explanation.Section) -> Table {
    var (columns, rows) = (section.columns, section.rows)
    if let offset = columns.firstIndex(where: { $0.name == "offset" }),
      let item = columns.firstIndex(where: { $0.name == "item" })
    {
      for row in rows.indices {
        if let index = rows[row].remove(at: item) {
          rows[row][offset] = "\(rows[row][offset] ?? "")#\(index)"
        }
      }
      columns.remove(at: item)
    }
    return Table(columns.map(column), rows: rows)
  }

  private static func column(_ column: Explanation.Section.Heading) -> TableColumn {
    guard column.isNumber else { return .text(column.name) }
    return ids.contains { column.name.hasSuffix($0) } ? .id(column.name) : .number(column.name)
  }

  /// Ends of names of numbers that are looked up, not counted.
  private static let ids = ["offset", "partition", "version", "price_id", "run_id"]

  private static func line(_ check: Explanation.Check) -> String {
    if check.what == Explanation.hashCheck, !check.isGood {
      return
        "BAD: \(check.what): no, somebody has changed it; compare it with a copy"
    }
    let currency = check.currency.map { " \($0)" } ?? " (no cost)"
    let number = "\(check.above)\(currency), \(Progress.grouped(check.recordsAbove)) records"
    guard !check.isGood else { return "ok:  \(check.what): \(number)" }
    return "BAD: \(check.what): \(number), but the parts make \(check.parts)\(currency),"
      + " \(Progress.grouped(check.recordsOfParts)) records: run daybook reconcile"
  }

  /// Counts are numbers; money is a string.
  private static func value(
    _ text: String?, _ column: Explanation.Section.Heading
  ) -> JSONValue {
    guard column.isNumber, !money.contains(column.name), let text, let number = Int64(text) else {
      return .optional(text)
    }
    return .integer(number)
  }

  private static let money = ["charges", "corrections", "total", "total_rounded", "cost"]

  static func json(_ found: Explanation) -> JSONValue {
    var members = [JSONValue.Member(name: "good", value: .boolean(found.isGood))]
    for section in found.sections {
      let rows = section.rows.map { row in
        JSONValue.object(
          zip(section.columns, row).map { .init(name: $0.name, value: value($1, $0)) })
      }
      members.append(.init(name: section.name, value: .array(rows)))
      if section.more > 0 {
        members.append(.init(name: section.name + "_more", value: .integer(section.more)))
      }
    }
    members.append(
      .init(
        name: "checks",
        value: .array(
          found.checks.map { check in
            .object([
              "what": .string(check.what), "currency": .optional(check.currency),
              "above": .string(check.above), "parts": .string(check.parts),
              "records_above": .integer(check.recordsAbove),
              "records_of_parts": .integer(check.recordsOfParts), "good": .boolean(check.isGood),
            ])
          })))
    members.append(.init(name: "notes", value: .array(found.notes.map { .string($0) })))
    return .object(members)
  }
}
