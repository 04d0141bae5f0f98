// SPDX-License-Identifier: Apache-2.0
import Sysexits

extension CommandContext {
  var wantsJSON: Bool { settings.isOn(Options.json) }

  var tableView: TableView {
    TableView(width: output.width, isWide: settings.isOn(Options.wide))
  }

  /// Lists rows as a table, or as one JSON array with `--json`.
  func list(_ table: Table, json: @autoclosure () -> [JSONValue]) throws(CommandError) {
    guard wantsJSON else { return try output.write(text(table)) }
    try writeJSON(table, json())
  }

  /// `items` are those of the table's rows.
  func writeJSON(_ table: Table, _ items: [JSONValue]) throws(CommandError) {
    let shownRows = try shownRows(of: table) ?? Array(items.indices)
    let shown = shownRows.filter(items.indices.contains).map { items[$0] }
    try output.line(JSONValue.array(shown).text)
  }

  /// As `--sort`, `--top` and the terminal want it.
  func text(_ table: Table) throws(CommandError) -> String {
    guard let shownRows = try shownRows(of: table) else { return table.text(tableView) }
    let shown = table.picked(shownRows)
    // Totals are those of everything, whatever is shown.
    let text = shown.text(tableView, totals: TableTotals.rows(table))
    guard shownRows.count < table.rows.count, tableView.width != nil else { return text }
    return text + "\(shownRows.count) of \(Progress.grouped(Int64(table.rows.count))) rows\n"
  }

  /// The rows that were asked for, in their order; nil for all as they are.
  func shownRows(of table: Table) throws(CommandError) -> [Int]? {
    let top = settings.text(Options.top).flatMap { Int($0) }
    let name = settings.text(Options.sort) ?? (top == nil ? nil : table.amount)
    guard let name else { return top.map { Array(table.rows.indices.prefix($0)) } }
    guard let order = table.order(by: name) else {
      let names = table.columns.map(\.name)
      throw CommandError(
        .usage,
        "--sort \(name): there is no such column\(Suggestion.hint(for: name, among: names)); give one of "
          + names.joined(separator: ", "))
    }
    return top.map { Array(order.prefix($0)) } ?? order
  }

  /// A message for the person, not for the next program.
  func say(_ message: String) { Output.standardError(message + "\n") }
}
