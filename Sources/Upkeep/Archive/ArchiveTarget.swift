// SPDX-License-Identifier: Apache-2.0
import Archive

/// Where archives go and how they are written.
package struct ArchiveTarget: Sendable {
  /// An existing directory.
  package let directory: String
  /// zstd's, in `ArchiveWriter.levels`.
  package let level: Int
  /// Whether an archive of the same partition may be replaced.
  package let replacesExisting: Bool
  /// Of this program, for the manifest.
  package let toolVersion: String

  package init(
    directory: String, level: Int = ArchiveWriter.levelDefault, replacesExisting: Bool = false,
    toolVersion: String
  ) {
    self.directory = directory
    self.level = level
    self.replacesExisting = replacesExisting
    self.toolVersion = toolVersion
  }
}
