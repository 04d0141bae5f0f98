// SPDX-License-Identifier: Apache-2.0

/// A row of `legal_holds`.
package struct LegalHold: Sendable, Equatable {
  package let id: Int64
  package let scope: HoldScope
  package let reason: String
  package let matter: String?
  /// Login role, and RFC 3339 UTC.
  package let placedBy: String
  package let placedAt: String
  /// Nil while it is active.
  package let releasedBy: String?
  package let releasedAt: String?
  package let releaseReason: String?
  /// Attached partitions whose range it touches, by name.
  package let partitions: [String]
  /// Those that are leaving.
  package let leaving: [String]
  /// Those that were dropped before or in spite of it (their held rows carved).
  package let dropped: [String]

  package var isActive: Bool { releasedAt == nil }
}
