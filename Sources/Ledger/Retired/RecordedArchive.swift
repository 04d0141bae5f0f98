// SPDX-License-Identifier: Apache-2.0

/// An archive that the ledger counts with: rows of a partition that was dropped, or is about to be.
package struct RecordedArchive: Sendable, Equatable {
  package let table: String
  package let partition: String
  /// Where its manifest was written; nil when the ledger does not say.
  package let manifestPath: String?
  /// Of its content, hexadecimal.
  package let contentSHA256: String
  package let rows: Int64
}
