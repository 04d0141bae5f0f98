// SPDX-License-Identifier: Apache-2.0

/// The SQL files below `schemas/migrations`, embedded in the binary at build time.
package enum MigrationFiles {
  /// File name and contents, in order of application.
  package static let all: [(name: String, bytes: [UInt8])] = [
    ("000001_roles.up.sql", PackageResources._00001_roles_up_sql)
  ]
}
