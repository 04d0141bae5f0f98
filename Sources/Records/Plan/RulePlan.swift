// SPDX-License-Identifier: Apache-2.0
import CopyFormat

/// A rule with its names resolved to indexes.
enum RulePlan: BitwiseCopyable {
  case atMost(parts: UnsafeBufferPointer<Int>, whole: Int)
  case notAbove(Int, Int)
  case zero(
    UnsafeBufferPointer<Int>, when: Int, in: UnsafeBufferPointer<UnsafeRawBufferPointer>)

  func check(_ row: UnsafeMutableBufferPointer<Value>) throws(Rejection) {
    switch self {
    case .atMost(let parts, let whole):
      var sum: Int64 = 0
      for part in parts { sum = sum &+ row[part].number }
      if sum > row[whole].number { throw Rejection(.usageInconsistent, column: whole) }
    case .notAbove(let lower, let upper):
      guard !row[lower].isNull, !row[upper].isNull else { return }
      if row[lower].number > row[upper].number { throw Rejection(.outOfRange, column: lower) }
    case .zero(let columns, let condition, let texts):
      guard let text = row[condition].text, containsInAnyCase(texts, text) else { return }
      for column in columns where !isZero(row[column]) {
        throw Rejection(.notBillable, column: column)
      }
    }
  }

  private func isZero(_ value: Value) -> Bool {
    if case .amount(let amount) = value { amount == .zero } else { value.number == 0 }
  }
}

private func containsInAnyCase(
  _ texts: UnsafeBufferPointer<UnsafeRawBufferPointer>, _ text: UnsafeRawBufferPointer
) -> Bool {
  for candidate in texts
  where candidate.count == text.count && equalsWithoutCase(candidate, text) { return true }
  return false
}

func contains(
  _ texts: UnsafeBufferPointer<UnsafeRawBufferPointer>, _ text: UnsafeRawBufferPointer
) -> Bool {
  for candidate in texts where equals(candidate, text) { return true }
  return false
}
