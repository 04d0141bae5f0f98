// SPDX-License-Identifier: Apache-2.0

/// Which costs are computed again.
package enum PriceCheckExtent: String, Sendable, CaseIterable {
  case sample, all
}

/// What computing costs again from the tokens and the catalogue found.
package struct PriceCheck: Sendable, Equatable {
  /// Calls and lines of calls that were computed again.
  package var checked: Int64 = 0
  package var differences: Int64 = 0
  /// The first differences, one sentence each.
  package var problems: [String] = []

  package static let problemsNamedMax = 20

  mutating func note(_ problem: String?) {
    checked += 1
    guard let problem else { return }
    differences += 1
    if problems.count < Self.problemsNamedMax { problems.append(problem) }
  }
}
