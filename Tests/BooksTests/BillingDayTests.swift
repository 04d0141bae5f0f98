// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Testing

struct BillingDayTests {
  @Test func aTenantWithoutAZoneBillsByUTCDays() throws {
    try TestDatabase.with { database in
      let day = try database.value("SELECT daybook_billing_day('acme', '2026-11-01 00:30+01')")
      #expect(day == "2026-10-31")
    }
  }
}
