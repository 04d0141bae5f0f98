// SPDX-License-Identifier: Apache-2.0

extension QueryResult {
  /// Rows that the last statement has inserted, changed, removed or selected, as its tag says.
  package var affectedRows: Int {
    commandTag.split(separator: " ").last.flatMap { Int($0) } ?? 0
  }
}
