// SPDX-License-Identifier: Apache-2.0

/// What columns of one record must say about each other.
package enum Rule: Sendable {
  /// The sum of the parts is not above the whole; a part without its whole must be 0 or absent.
  case atMost(parts: [String], whole: String)
  /// As `atMost`, when both are there.
  case notAbove(String, String)
  /// When the column holds one of the texts, in any case of letters, these columns are 0 or absent.
  case zero([String], when: String, in: [String])
}
