// SPDX-License-Identifier: Apache-2.0
package import CopyFormat

/// What an archive file holds, as read back from it.
package struct ArchiveContents: Sendable, Equatable {
  package let rowCount: Int64
  /// Of the partition key; nil without rows.
  package let keyRange: ClosedRange<Timestamp>?
  package let sums: ArchiveSums
  package let content: Manifest.Content
  package let file: Manifest.File
}
