// SPDX-License-Identifier: Apache-2.0

/// What must become of a generated record.
package enum GeneratedKind: Sendable, Equatable {
  /// Stored.
  case unique
  /// The bytes of an earlier record again.
  case duplicate
  /// The identity of an earlier record with other content: refused.
  case conflict
  /// Refused for the kind's reason.
  case bad(BadKind)
}
