// SPDX-License-Identifier: Apache-2.0

/// How many records of a topic were refused for a reason.
package struct RejectCount: Sendable, Equatable {
  package let topic: String
  package let reason: String
  package let field: String?
  package let count: Int64
  /// RFC 3339, UTC.
  package let last: String
}
