// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Postgres
import Sysexits
import Testing
import daybook

/// What a login of `app_read` is told when it wants more: the group role that may do it.
@Suite struct MissingRoleTests {
  @Test func theAnswerSaysWhichRoleItWants() throws {
    try CommandScene.with { scene in
      try scene.database.server.makeLogin("daybook_test_reader", memberOf: ["app_read"])
      let url = try scene.database.settings(
        .direct, ["user": "daybook_test_reader", "password": "test"]
      ).conninfo
      let environment = ["DAYBOOK_DATABASE_URL": url, "DAYBOOK_ADMIN_DATABASE_URL": url]
      #expect(try scene.run(["tenants", "list"], environment).code == .success)
      for (arguments, role) in Self.wants {
        let result = try scene.run(arguments, environment)
        #expect(result.code == .noPermission, "\(arguments): \(result.output)")
        #expect(result.output.contains(role), "\(arguments): \(result.output)")
      }
    }
  }

  private static let wants: [(arguments: [String], role: String)] = [
    (["tenants", "set", "acme", "--name", "A", "--reason", "r"], "app_finance"),
    (["prices", "missing", "--month", "2026-10"], "app_finance"),
    (["hold", "add", "--tenant", "acme", "--reason", "r"], "app_maintain"),
    (
      ["policy", "set", "--table", "invocations", "--retention-months", "24", "--reason", "r"],
      "app_maintain"
    ),
    (["audit"], "app_audit_read"),
    (["rejects", "list"], "app_audit_read"),
  ]
}
