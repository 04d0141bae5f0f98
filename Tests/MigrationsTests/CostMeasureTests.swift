// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Migrations
import Postgres
import Records
import Testing

/// The measures of the rollups are declared once, and everything that lists them lists all of them.
struct CostMeasureTests {
  @Test(arguments: TestServer.all)
  func theDatabaseAndTheProgramAddUpTheSame(_ server: TestServer) throws {
    try TestDatabase.with(.migrated, on: server) { database in
      let declared = try database.value(
        "SELECT string_agg(name, ' ' ORDER BY name) FROM daybook_cost_measures()")
      #expect(declared == Rollup.measureColumns.sorted().joined(separator: " "))
      for table in [
        "costs_daily", "costs_monthly", "costs", "charges", "cost_adjustments",
        "reconciliation_drift",
      ] {
        let missing = try database.value(
          """
          SELECT string_agg(m.name, ', ') FROM daybook_cost_measures() AS m
          WHERE NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = '\(table)'::regclass AND attname = m.name)
          """)
        #expect(missing == nil, "\(table)")
      }
    }
  }

  /// A list in a file that has one measure without a sum of its own has them all.
  @Test func aFileThatListsMeasuresListsAll() {
    let rare = "cache_creation_input_tokens"
    let others: Set = ["invocation_costs"]
    for object in SchemaObject.embedded
    where object.sql.contains(rare) && !others.contains(object.name) && object.kind == .function {
      for measure in Rollup.measureColumns {
        #expect(object.sql.contains(measure), "\(object.path) lacks \(measure)")
      }
    }
  }
}
