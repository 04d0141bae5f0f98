// SPDX-License-Identifier: Apache-2.0

extension Table {
  /// Places of its rows by a column, names upwards and numbers downwards; equal ones stay in their
  /// order, and those without a value come last. Nil when there is no such column.
  package func order(by name: String) -> [Int]? {
    guard let column = columns.firstIndex(where: { $0.name == name }) else { return nil }
    let values = rows.map { $0[column].flatMap { $0.isEmpty ? nil : $0 } }
    if columns[column].kind == .text {
      return Self.stable(values) { $0 < $1 }
    }
    return Self.stable(values.map { $0.flatMap(NumberText.init) }) { $0 > $1 }
  }

  private static func stable<Value>(
    _ values: [Value?], _ precedes: (Value, Value) -> Bool
  ) -> [Int] {
    values.indices.sorted { left, right in
      switch (values[left], values[right]) {
      case (let first?, let second?):
        if precedes(first, second) { return true }
        return !precedes(second, first) && left < right
      case (nil, nil): return left < right
      case (let first, _): return first != nil
      }
    }
  }

  package func picked(_ indices: [Int]) -> Table {
    Table(columns, rows: indices.map { rows[$0] })
  }
}
