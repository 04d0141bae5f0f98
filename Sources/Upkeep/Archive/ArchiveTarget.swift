// SPDX-License-Identifier: Apache-2.0
import Archive

/// Where archives go and how they are written.
package struct ArchiveTarget: Sendable {
  /// An existing directory.
  package let directory: String
  /// Of the files, before their suffix; nil for that of the partition.
  package let name: String?
  /// zstd's, in `ArchiveWriter.levels`.
  package let level: Int
  /// Whether an archive of the same partition may be replaced.
  package let replacesExisting: Bool
  /// Of this program, for the manifest.
  package let toolVersion: String

  package init(
    directory: String, name: String? = nil, level: Int = ArchiveWriter.levelDefault,
    replacesExisting: Bool = false,
    toolVersion: String
  ) {
    self.directory = directory
    self.name = name
    self.level = level
    self.replacesExisting = replacesExisting
    self.toolVersion = toolVersion
  }
}
