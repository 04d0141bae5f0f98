// SPDX-License-Identifier: Apache-2.0

package struct PartitionIndex: Sendable, Equatable {
  package let name: String
  /// False for what an interrupted `CREATE INDEX CONCURRENTLY` left behind.
  package let isValid: Bool

  package init(name: String, isValid: Bool) {
    self.name = name
    self.isValid = isValid
  }
}
