// SPDX-License-Identifier: Apache-2.0

/// A refused record, or an item of one, without its content.
package struct RejectedRecord: Sendable, Equatable {
  /// RFC 3339, UTC.
  package let rejectedAt: String
  package let clusterID: String
  package let topic: String
  package let partition: Int64
  package let offset: Int64
  /// Nil: the record as a whole.
  package let item: Int64?
  package let table: String
  package let reason: String
  package let field: String?
  package let message: String
  /// Of the whole record.
  package let payloadBytes: Int64?
}
