// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Ledger

@Suite struct RetiredDaysTests {
  private func range(_ from: String, _ to: String, _ isSettled: Bool = true) -> RetiredDays.Range {
    RetiredDays.Range(from: from, to: to, isSettled: isSettled)
  }

  @Test func rangesThatShareADayAreOne() {
    let days = RetiredDays([
      range("2026-03-01", "2026-04-01"), range("2026-01-01", "2026-02-01"),
      range("2026-02-01", "2026-03-02", false),
    ])
    #expect(
      days.ranges == [
        range("2026-01-01", "2026-02-01"), range("2026-02-01", "2026-04-01", false),
      ])
    #expect(days.settled == [range("2026-01-01", "2026-02-01")])
    #expect(
      days.condition(date: "day") == "((day >= '2026-01-01' AND day < '2026-04-01'))")
    #expect(RetiredDays([]).condition(time: "t") == "false")
  }
}
