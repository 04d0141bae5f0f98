// SPDX-License-Identifier: Apache-2.0

/// A number walked down from the bill to the records, level by level.
package struct Explanation: Sendable, Equatable {
  /// What one level consists of.
  package struct Section: Sendable, Equatable {
    package struct Heading: Sendable, Equatable {
      package let name: String
      package let isNumber: Bool
    }

    /// Key in JSON.
    package let name: String
    package let title: String
    package let columns: [Heading]
    /// As PostgreSQL writes them; amounts without trailing zeros.
    package let rows: [[String?]]
    /// Rows that are not shown.
    package let more: Int64
  }

  /// Whether the parts of a level make the number above, in one currency.
  package struct Check: Sendable, Equatable {
    package let what: String
    /// Nil where calls without a cost are counted.
    package let currency: String?
    package let above: String
    package let parts: String
    package let recordsAbove: Int64
    package let recordsOfParts: Int64

    package var isGood: Bool { above == parts && recordsAbove == recordsOfParts }
  }

  package static let hashCheck = "the statement's SHA-256 is that of its lines"

  package var sections: [Section] = []
  package var checks: [Check] = []
  /// What could not be checked, and why.
  package var notes: [String] = []

  package var isGood: Bool { checks.allSatisfy(\.isGood) }

  /// Nothing at all is known of what was asked for: perhaps its name is another.
  package var isEmpty: Bool { checks.isEmpty && sections.dropFirst().allSatisfy(\.rows.isEmpty) }
}
