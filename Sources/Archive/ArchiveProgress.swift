// SPDX-License-Identifier: Apache-2.0

/// How far a long operation on an archive has come.
package struct ArchiveProgress: Sendable, Equatable {
  package let rows: Int64
  /// Of content.
  package let bytes: Int64
  /// Of content at the end; nil when it is not known.
  package let bytesExpected: Int64?
  /// Rows at the end, or an estimate of them; nil when there is none.
  package let rowsExpected: Int64?

  package init(rows: Int64, bytes: Int64, bytesExpected: Int64?, rowsExpected: Int64?) {
    self.rows = rows
    self.bytes = bytes
    self.bytesExpected = bytesExpected
    self.rowsExpected = rowsExpected
  }
}
