// SPDX-License-Identifier: Apache-2.0
package import CopyFormat

extension Manifest {
  /// The manifest of an archive that has just been written.
  package init(
    of contents: ArchiveContents, columns: [ArchiveColumn], key: String, schema: String,
    table: String, partition: String, bounds: Range<Timestamp>, serverVersion: String,
    toolVersion: String
  ) {
    self.init(
      toolVersion: toolVersion, serverVersion: serverVersion, schema: schema, table: table,
      partition: partition, lower: bounds.lowerBound, upper: bounds.upperBound, keyColumn: key,
      columns: columns, rowCount: contents.rowCount, keyRange: contents.keyRange,
      sums: contents.sums, content: contents.content, file: contents.file, createdAt: .now())
    // More tenants than fit the largest manifest that can be read: per currency it is still exact.
    if text.utf8.count > ArchiveLimits.manifestBytesMax { sums.groups = nil }
  }
}
