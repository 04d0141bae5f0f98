// SPDX-License-Identifier: Apache-2.0

/// An active legal hold, as far as a plan names it.
package struct PartitionHold: Sendable, Equatable {
  package let id: Int64
  /// The login role that placed it.
  package let placedBy: String
  /// Reference of the case.
  package let matter: String?

  package init(id: Int64, placedBy: String, matter: String? = nil) {
    self.id = id
    self.placedBy = placedBy
    self.matter = matter
  }
}

extension PartitionHold: CustomStringConvertible {
  package var description: String {
    "hold \(id)" + (matter.map { " (\($0))" } ?? "") + " placed by \(placedBy)"
  }
}
