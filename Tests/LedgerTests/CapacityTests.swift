// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import DaybookTesting
import Postgres
import Testing

@testable import Ledger

@Suite struct CapacityTests {
  /// Half of November is over; a month brings 100 bytes, and two whole months are kept.
  private let half = Capacity(
    now: Month(year: 2026, month: 11), monthPassed: 0.5, databaseBytes: 1_260,
    tables: [
      Capacity.MonthlyTable(
        name: "calls", retentionMonths: 2,
        bytes: [
          Month(year: 2026, month: 9): 90, Month(year: 2026, month: 10): 100,
          Month(year: 2026, month: 11): 50, Month(year: 2026, month: 12): 20,
        ])
    ], walBytesPerDay: nil, connections: 1, connectionsMax: 10, recordsPerDay: 1)

  @Test func whatRetentionDropsIsNotCountedTwice() {
    #expect(half.bytes(monthsAhead: 0, growth: 0) == 1_260)
    // The rest, October, all of November, half of December; September has left.
    #expect(half.bytes(monthsAhead: 1, growth: 0) == 1_000 + 100 + 100 + 50)
    // From then on two whole months and a half.
    for months in 2...12 { #expect(half.bytes(monthsAhead: months, growth: 0) == 1_250) }
  }

  @Test func aMonthBringsMoreThanTheOneBefore() {
    #expect(half.bytes(monthsAhead: 2, growth: 1) == 1_000 + 100 + 200 + 200)
  }

  @Test func whenALimitIsMet() {
    #expect(half.monthsUntil(above: 1_259, growth: 0, atMost: 12) == 0)
    #expect(half.monthsUntil(above: 1_300, growth: 0, atMost: 12) == nil)
    #expect(half.monthsUntil(above: 1_400, growth: 1, atMost: 12) == 2)
  }

  @Test func aCurrentMonthThatBringsMoreCounts() {
    var busy = half
    busy.tables[0].bytes[Month(year: 2026, month: 11)] = 200
    #expect(busy.bytes(monthsAhead: 1, growth: 0) == 850 + 100 + 400 + 200)
  }

  @Test(arguments: TestServer.all) func theServerSaysWhatItHas(server: TestServer) throws {
    try TestDatabase.with(on: server) { database in
      var ledger = LedgerReader(try Connection(try database.settings()), schema: "public")
      let capacity = try ledger.capacity()
      #expect(capacity.tables.contains { $0.name == "invocations" && !$0.bytes.isEmpty })
      #expect(capacity.databaseBytes > 1_000_000 && capacity.connectionsMax > 0)
      #expect((0.03...1).contains(capacity.monthPassed))
      let monthly = capacity.tables.reduce(0) { $0 + $1.bytes.values.reduce(0, +) }
      #expect(monthly > 0 && monthly < capacity.databaseBytes)
    }
  }

  /// West of Greenwich the month begins on the last day of the one before, which may be shorter.
  @Test func aMonthIsAsLongInEveryZone() throws {
    try TestDatabase.with { database in
      let passed = try ["UTC", "America/New_York", "Pacific/Kiritimati"].map { zone -> Double in
        var connection = try database.connect()
        try connection.execute("SET timezone = '\(zone)'")
        var ledger = LedgerReader(connection, schema: "public")
        return try ledger.capacity().monthPassed
      }
      for share in passed { #expect(abs(share - passed[0]) < 0.0005, "\(passed)") }
    }
  }
}
