// SPDX-License-Identifier: Apache-2.0
package import CopyFormat

/// What a data file holds; compared with the file when it is verified.
package struct ExportTally: Sendable, Equatable {
  /// Lines without the header.
  package var rows: Int64 = 0
  /// Sum of the costs by currency, exact.
  package var costs: [String: Amount] = [:]
  /// Lines of calls without a cost that the format has no place for, and their calls.
  package var leftOutRows: Int64 = 0
  package var leftOutRequests: Int64 = 0

  package init() {}

  /// False when the sum does not fit.
  mutating func add(_ cost: Amount, _ currency: String) -> Bool {
    guard let sum = (costs[currency] ?? .zero).adding(cost) else { return false }
    costs[currency] = sum
    return true
  }
}
