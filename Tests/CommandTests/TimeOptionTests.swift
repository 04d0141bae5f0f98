// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Testing
import daybook

/// Every option that is a time or a month, in every command, takes the same words.
struct TimeOptionTests {
  private static let now = ValueKind.time("2026-01-31T23:59:59Z") ?? Timestamp(microseconds: 0)

  @Test(arguments: [
    ("2026-10-01", "2026-10-01T00:00:00.000000Z"), ("2024-02-29", "2024-02-29T00:00:00.000000Z"),
    ("2026-10", "2026-10-01T00:00:00.000000Z"), ("this-month", "2026-01-01T00:00:00.000000Z"),
    ("last-month", "2025-12-01T00:00:00.000000Z"),
    ("2026-10-01T02:00:00+02:00", "2026-10-01T00:00:00.000000Z"),
  ])
  func aTimeHasManyForms(given: String, meant: String) {
    #expect(ValueKind.time.complaint(about: given) == nil)
    #expect(ValueKind.time.canonical(given, at: Self.now) == meant)
  }

  @Test(arguments: [
    "2026-02-30", "2026-2-3", "2026-10-01T", "2026-10-1", "26-10-01", "yesterday", "2026-10-01 ",
    "-026-10-01", "2026-13-01", "",
  ])
  func whatIsNoTimeIsRefused(given: String) {
    #expect(ValueKind.time.complaint(about: given)?.contains("a day as 2026-08-21") == true)
  }

  @Test func aMonthHasNamesToo() {
    #expect(ValueKind.month.canonical("last-month", at: Self.now) == "2025-12")
    #expect(ValueKind.month.canonical("this-month", at: Self.now) == "2026-01")
    #expect(ValueKind.month.canonical("2026-10", at: Self.now) == "2026-10")
    #expect(ValueKind.month.complaint(about: "2026-10-01") != nil)
  }

  @Test func everyCommandTakesThem() throws {
    let parser = ArgumentParser(commands: Commands.all)
    var seen = 0
    for command in Commands.all {
      let operands = Array(repeating: "x", count: command.operandCount.lowerBound)
      for option in command.options where option.kind == .time || option.kind == .month {
        seen += 1
        for word in ["last-month", option.kind == .time ? "2026-10-01" : "2026-10"] {
          let parsed = try parser.parse(command.path + [option.flag, word] + operands)
          let value = try #require(parsed.values[option.name]?.first)
          #expect(value == option.kind.canonical(value, at: Self.now), "\(command.name)")
          #expect(value.hasPrefix("20"))
        }
      }
      // An option that takes a time is declared so.
      for option in command.options where ["TIME", "YYYY-MM"].contains(option.valueName) {
        #expect(option.kind == .time || option.kind == .month, "\(command.name) \(option.flag)")
      }
    }
    #expect(seen > 15)
  }
}
