// SPDX-License-Identifier: Apache-2.0
package import CopyFormat

/// What stands beside an archive file: what is in it, and how to know that it is unchanged.
package struct Manifest: Sendable, Equatable {
  package static let formatVersion: Int64 = 1
  package static let fileSuffix = ".copy.zst"
  package static let manifestSuffix = ".manifest.json"

  package struct Database: Sendable, Equatable {
    /// Of `pg_control_system()`: no two clusters have the same; nil where it may not be asked.
    package var systemIdentifier: String?
    package var name: String

    package init(systemIdentifier: String?, name: String) {
      self.systemIdentifier = systemIdentifier
      self.name = name
    }
  }

  package struct Content: Sendable, Equatable {
    /// Of the stream that `COPY … TO STDOUT (FORMAT binary)` sent.
    package var sha256: String
    package var byteCount: Int64
  }

  package struct File: Sendable, Equatable {
    /// Without a directory: the file lies beside its manifest.
    package var name: String
    package var sha256: String
    package var byteCount: Int64
    package var frameCount: Int
  }

  package var toolVersion: String
  /// As `SHOW server_version` says.
  package var serverVersion: String
  package var database: Database
  package var schema: String
  /// The partitioned table.
  package var table: String
  package var partition: String
  /// The first instant.
  package var lower: Timestamp
  /// The first instant after.
  package var upper: Timestamp
  package var keyColumn: String
  package var columns: [ArchiveColumn]
  package var rowCount: Int64
  /// Of the partition key; nil without rows.
  package var keyRange: ClosedRange<Timestamp>?
  package var sums: ArchiveSums
  package var content: Content
  package var file: File
  package var createdAt: Timestamp

  /// Name of the manifest in the directory of the archive file.
  package var manifestName: String {
    String(file.name.dropLast(Self.fileSuffix.count)) + Self.manifestSuffix
  }

  /// `database schema.partition from … to …`.
  var origin: String { "\(database.name) \(schema).\(partition) from \(lower) to \(upper)" }

  /// The table that a restore makes unless another one is named.
  package var restoredName: String { partition + "_restored" }

  /// Whether rows are summed up by a currency, and whether there is money to sum up.
  package var hasCurrencies: Bool { hasColumn(.currency) }
  package var hasMoney: Bool { hasColumn(.money) }

  private func hasColumn(_ role: CopyPlan.Role) -> Bool {
    columns.contains { CopyPlan.role(of: $0, key: keyColumn) == role }
  }
}
