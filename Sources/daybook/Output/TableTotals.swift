// SPDX-License-Identifier: Apache-2.0
import CopyFormat

/// Sums of a table, a row for each currency: amounts of different currencies are never added.
enum TableTotals {
  private static let currency = "currency"

  /// None where they would repeat the rows.
  static func rows(_ table: Table) -> [[String?]] {
    guard let currencyIndex = table.columns.firstIndex(where: { $0.name == currency }),
      table.columns.contains(where: { $0.kind == .sum })
    else { return [] }
    let groups = Dictionary(grouping: table.rows) { $0[currencyIndex] ?? "" }
    guard groups.values.contains(where: { $0.count > 1 }) else { return [] }
    return groups.sorted { ($0.key.isEmpty ? 1 : 0, $0.key) < ($1.key.isEmpty ? 1 : 0, $1.key) }
      .map { code, rows in
        table.columns.indices.map { index in
          if index == currencyIndex { return code }
          return table.columns[index].kind == .sum ? sum(rows.map { $0[index] }) : nil
        }
      }
  }

  /// Nil without a number, or with one that has no sum here.
  private static func sum(_ cells: [String?]) -> String? {
    var sum: Amount?
    for cell in cells {
      guard let cell, !cell.isEmpty else { continue }
      guard let amount = amount(cell), let next = (sum ?? .zero).adding(amount) else { return nil }
      sum = next
    }
    return sum?.description
  }

  private static func amount(_ text: String) -> Amount? {
    guard let number = NumberText(text), number.fraction.count <= Amount.scale else { return nil }
    let digits = number.plain.split(separator: ".", omittingEmptySubsequences: false)
    let fraction = digits.count == 2 ? digits[1] : ""
    let zeros = String(repeating: "0", count: Amount.scale - fraction.count)
    return Int128(digits[0] + fraction + zeros).map { Amount(units: $0) }
  }
}
