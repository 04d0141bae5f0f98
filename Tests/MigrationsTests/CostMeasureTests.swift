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

  /// Whoever lists the rarest measure lists them all. Views of finance call a record a request.
  @Test func aFileThatListsMeasuresListsAll() {
    let rarest = "cache_creation_input_tokens"
    // What a price is compared with is no list of measures.
    let others: Set = ["invocation_costs", "daybook_refused_items"]
    for object in SchemaObject.embedded
    where object.sql.contains(rarest) && !others.contains(object.name) {
      for measure in Rollup.measureColumns {
        let reported = measure.replacing("records", with: "requests")
        #expect(
          object.sql.contains(measure) || object.sql.contains(reported),
          "\(object.path) lacks \(measure)")
      }
    }
  }
}
