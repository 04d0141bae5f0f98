// SPDX-License-Identifier: Apache-2.0

/// The SQL files below `schemas/migrations`, embedded in the binary at build time.
package enum MigrationFiles {
  /// File name and contents, in order of application.
  package static let all: [(name: String, bytes: [UInt8])] = [
    ("000001_roles.down.sql", PackageResources._00001_roles_down_sql),
    ("000001_roles.up.sql", PackageResources._00001_roles_up_sql),
    ("000002_streams.down.sql", PackageResources._00002_streams_down_sql),
    ("000002_streams.up.sql", PackageResources._00002_streams_up_sql),
    ("000003_costs.down.sql", PackageResources._00003_costs_down_sql),
    ("000003_costs.up.sql", PackageResources._00003_costs_up_sql),
    ("000004_ingest.down.sql", PackageResources._00004_ingest_down_sql),
    ("000004_ingest.up.sql", PackageResources._00004_ingest_up_sql),
    ("000005_partitions.down.sql", PackageResources._00005_partitions_down_sql),
    ("000005_partitions.up.sql", PackageResources._00005_partitions_up_sql),
    ("000006_platform.down.sql", PackageResources._00006_platform_down_sql),
    ("000006_platform.up.sql", PackageResources._00006_platform_up_sql),
    ("000007_maintenance.down.sql", PackageResources._00007_maintenance_down_sql),
    ("000007_maintenance.up.sql", PackageResources._00007_maintenance_up_sql),
    ("000008_prices.down.sql", PackageResources._00008_prices_down_sql),
    ("000008_prices.up.sql", PackageResources._00008_prices_up_sql),
    ("000009_books.down.sql", PackageResources._00009_books_down_sql),
    ("000009_books.up.sql", PackageResources._00009_books_up_sql),
    ("000010_reporting.down.sql", PackageResources._00010_reporting_down_sql),
    ("000010_reporting.up.sql", PackageResources._00010_reporting_up_sql),
    ("000011_positions.down.sql", PackageResources._00011_positions_down_sql),
    ("000011_positions.up.sql", PackageResources._00011_positions_up_sql),
    ("000012_decisions.down.sql", PackageResources._00012_decisions_down_sql),
    ("000012_decisions.up.sql", PackageResources._00012_decisions_up_sql),
    ("000013_refusals.down.sql", PackageResources._00013_refusals_down_sql),
    ("000013_refusals.up.sql", PackageResources._00013_refusals_up_sql),
  ]
}
