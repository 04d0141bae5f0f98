// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Migrations
import Testing

/// Migration 7: what its tables alone know of months that have left does not go with them.
struct MaintenanceMigrationTests {
  /// Also by force: no way up brings a receipt back.
  @Test(arguments: ["dropped", "detaching"], [false, true])
  func theReceiptsOfMonthsThatHaveLeftStay(_ state: String, force: Bool) throws {
    try TestDatabase.with { database in
      try database.value(
        """
        INSERT INTO partition_retirements (table_name, partition_name, partition_oid, lower_bound, upper_bound, state,
          reason, row_count, totals)
        VALUES ('invocations', 'p', 0, '2020-01-01', '2020-02-01', '\(state)', 'r', 1, '{}')
        """)
      var migrator = try MigratorTests.migrator(database)
      expectError("months have left") { () throws(MigrationError) in
        try migrator.down(to: 6, force: force)
      }
      #expect(try database.value("SELECT version FROM schema_migrations") == "7")
      #expect(try database.value("SELECT state FROM partition_retirements") == state)
      // Whoever went down so far comes back, with the receipts.
      try migrator.up()
      #expect(try database.value("SELECT state FROM partition_retirements") == state)
    }
  }
}
