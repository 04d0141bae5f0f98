// SPDX-License-Identifier: Apache-2.0

/// The bytes of a refused record, all of it though an item was refused, for whoever asked for them
/// by name: they may hold personal data.
package struct RejectedContent: Sendable, Equatable {
  package let key: [UInt8]?
  /// Nil for a tombstone.
  package let payload: [UInt8]?
  /// JSON text.
  package let headers: String?
}
