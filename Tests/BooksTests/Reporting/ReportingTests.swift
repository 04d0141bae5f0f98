// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import DaybookTesting
import Foundation
import Postgres
import Testing

struct ReportingTests {
  /// What app_read may read and what not; each view by its name.
  @Test func readersReadEveryViewAndNoRecord() throws {
    try FinanceScene.with { scene in
      try scene.database.server.makeLogin("daybook_test_read", memberOf: ["app_read"])
      let list = try scene.run(
        "SELECT string_agg(viewname, ',' ORDER BY viewname) FROM pg_views WHERE schemaname = 'reporting'"
      )
      let views = (list ?? "").split(separator: ",").map(String.init)
      #expect(views == Self.views)
      var reader = try scene.database.connect(as: "daybook_test_read")
      for view in views { try reader.execute("SELECT * FROM reporting.\(view) LIMIT 1") }
      for table in ["invocations", "audit_logs", "invocation_costs", "sessions"] {
        let error = #expect(throws: PostgresError.self) {
          try reader.execute("SELECT count(*) FROM \(table)")
        }
        #expect(error?.sqlState == .insufficientPrivilege)
      }
      let error = #expect(throws: PostgresError.self) {
        try reader.execute("CREATE TABLE reporting.mine ()")
      }
      #expect(error?.sqlState == .insufficientPrivilege)
    }
  }

  @Test func everyViewAndColumnSaysWhatItIs() throws {
    try TestDatabase.with { database in
      let silent = try database.value(
        """
        SELECT string_agg(c.relname || '.' || coalesce(a.attname, ''), ',') FROM pg_class c
          JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
         WHERE c.relnamespace = 'reporting'::regnamespace AND c.relkind = 'v'
           AND (col_description(c.oid, a.attnum) IS NULL OR obj_description(c.oid, 'pg_class') IS NULL)
        """)
      #expect(silent == nil)
    }
  }

  /// Rollups and corrections, by both months; no view loses a digit or a call.
  @Test func viewsAddUpToTheTables() throws {
    try FinanceScene.with { scene in
      try scene.close(scene.first)
      try RepriceTests.changePrices(scene)
      _ = try RepriceTests.reprice(scene)
      try ExplainTests.addLate(scene)
      let expected = try scene.run(
        """
        SELECT trim_scale(sum(cost)) || ' ' || sum(records) FROM (
          SELECT cost, records FROM costs_daily UNION ALL
          SELECT cost, records FROM cost_adjustments WHERE billing_month <> charge_month) AS all_lines
        """)
      for view in [
        "daily_costs", "monthly_costs", "costs_by_billing_period", "costs_by_charge_period",
        "costs_by_project", "costs_by_model",
      ] {
        let sum = try scene.run(
          "SELECT trim_scale(sum(cost)) || ' ' || sum(requests) FROM reporting.\(view)")
        #expect(sum == expected, "\(view)")
      }
      let calls = try scene.run(
        "SELECT trim_scale(sum(cost)) || ' ' || count(*) FROM invocation_costs")
      #expect(calls == expected)
      for (view, month) in [
        ("costs_by_billing_period", "billing_month"), ("costs_by_charge_period", "charge_month"),
      ] {
        let difference = try scene.run(
          """
          SELECT count(*) FROM (SELECT tenant_id, \(month) AS month, currency, sum(cost) AS cost
              FROM reporting.daily_costs GROUP BY 1, \(month), 3) AS d
            FULL JOIN reporting.\(view) AS v ON v.tenant_id = d.tenant_id AND v.\(month) = d.month
              AND v.currency IS NOT DISTINCT FROM d.currency WHERE v.cost IS DISTINCT FROM d.cost
          """.replacing(
            "\(month) AS month",
            with: month == "charge_month"
              ? "date_trunc('month', charge_day::timestamp)::date AS month"
              : "billing_month AS month"
          )
          .replacing("GROUP BY 1, \(month), 3", with: "GROUP BY 1, 2, 3"))
        #expect(difference == "0", "\(view)")
      }
      let corrections = try scene.run(
        """
        SELECT count(*) || ' ' || trim_scale(sum(cost)) FROM reporting.corrections
        EXCEPT SELECT count(*) || ' ' || trim_scale(sum(cost)) FROM reporting.daily_costs
         WHERE charge_class = 'Correction'
        """)
      #expect(corrections == nil)
      let statement = try scene.run(
        """
        SELECT count(*) FROM reporting.statements s JOIN reporting.costs_by_billing_period b
          ON b.tenant_id = s.tenant_id AND b.billing_month = s.month
          AND b.currency IS NOT DISTINCT FROM s.currency AND b.cost = s.total
        """)
      #expect(statement == "3")
    }
  }

  @Test(.enabled(if: FinancePython.isThere))
  func servicesReadThemThroughThePooler() throws {
    try FinanceScene.with { scene in
      try scene.run(
        "UPDATE costs_daily SET cost = 0.000000000001 WHERE ctid = (SELECT min(ctid) FROM costs_daily WHERE currency = 'USD')"
      )
      try scene.run(
        """
        DELETE FROM costs_monthly;
        INSERT INTO costs_monthly SELECT tenant_id, date_trunc('month', day)::date, project_id, provider,
          model, service_tier, currency, sum(cost), sum(records), sum(failed_records),
          sum(unpriced_records), sum(input_tokens), sum(output_tokens), 0, 0, 0, now()
          FROM costs_daily GROUP BY 1, 2, 3, 4, 5, 6, 7
        """)
      try scene.database.server.makeLogin("daybook_test_read", memberOf: ["app_read"])
      let url = try scene.database.settings(
        .transactionPooler, ["user": "daybook_test_read", "password": "test"]
      ).conninfo
      let read = try FinancePython.run("check_reporting.py", [], ["DAYBOOK_CHECK_URL": url])
      let expected = try scene.run(
        """
        SELECT concat_ws(' ', (SELECT count(*) FROM pg_views WHERE schemaname = 'reporting'), count(*),
          sum(cost), '1E-12') FROM costs_daily WHERE currency = 'USD'
        """)
      #expect(read.status == 0, "\(read.output)")
      #expect(read.output == (expected ?? "") + "\n")
    }
  }

  @Test func psqlCopiesAViewToCSV() throws {
    try FinanceScene.with { scene in
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = [
        "psql", "-qXd", try scene.database.settings().conninfo, "-c",
        "\\copy (SELECT * FROM reporting.daily_costs ORDER BY 1, 4, 9, 10, 8, 12) TO '\(scene.path("x.csv"))' CSV HEADER",
      ]
      try process.run()
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
      let rows = CSVText.rows(try scene.text("x.csv"))
      #expect(String(rows.count) == (try scene.run("SELECT count(*) FROM costs_daily")))
    }
  }

  static let views = [
    "billing_periods", "corrections", "costs_by_billing_period", "costs_by_charge_period",
    "costs_by_model", "costs_by_project", "daily_costs", "model_prices", "monthly_costs",
    "statements", "unpriced_requests",
  ]
}
