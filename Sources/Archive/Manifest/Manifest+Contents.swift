// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Files

extension Manifest {
  /// The manifest of an archive that has just been written.
  package init(
    of contents: ArchiveContents, identity: ArchiveIdentity, columns: [ArchiveColumn],
    key: String, serverVersion: String, toolVersion: String
  ) {
    self.init(
      toolVersion: toolVersion, serverVersion: serverVersion, database: identity.database,
      schema: identity.schema, table: identity.table, partition: identity.partition,
      lower: identity.lower, upper: identity.upper, keyColumn: key, columns: columns,
      rowCount: contents.rowCount, keyRange: contents.keyRange,
      sums: contents.sums, content: contents.content, file: contents.file, createdAt: .now())
    // More tenants than fit the largest manifest that can be read: per currency it is still exact.
    if text.utf8.count > ManifestFile.bytesMax { sums.groups = nil }
  }
}
