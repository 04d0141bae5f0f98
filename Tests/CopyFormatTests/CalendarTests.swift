// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Testing

struct CalendarTests {
  func timestamp(_ text: String) -> Timestamp? {
    var copy = text
    return copy.withUTF8 { Timestamp(rfc3339: UnsafeRawBufferPointer($0)) }
  }

  @Test(arguments: [
    ("2000-01-01T00:00:00Z", 0), ("1999-12-31T23:59:59.999999Z", -1),
    ("2000-01-01T01:00:00+01:00", 0), ("1999-12-31T19:00:00-05:00", 0),
    ("2000-01-01t00:00:00z", 0), ("2000-01-01 00:00:00.0000019Z", 1),
    ("2000-01-01T05:45:00.5+05:45", 500_000), ("2024-02-29T00:00:00Z", 762_480_000_000_000),
  ])
  func readsRFC3339(text: String, microseconds: Int64) {
    #expect(timestamp(text)?.microseconds == microseconds)
  }

  @Test(arguments: [
    "", "2026-08-21", "2026-08-21T09:15:02", "2026-08-21T09:15:02.Z", "2026-08-21T24:00:00Z",
    "2026-08-21T09:60:00Z", "2026-08-21T09:15:60Z", "2026-02-29T00:00:00Z",
    "1900-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
    "2026-08-21T09:15:02+2:00", "2026-08-21T09:15:02+24:00", "2026-08-21T09:15:02Zx",
    "2026/08/21T09:15:02Z", "infinity", "-2026-08-21T09:15:02Z", "2026-08-21T09:15:02.123",
  ])
  func refusesWhatIsNotAnInstant(text: String) {
    #expect(timestamp(text) == nil)
  }

  @Test func everyDayOfEightCenturiesGoesThereAndBack() throws {
    let first = try #require(CivilDate(year: 1600, month: 1, day: 1)).daysSince2000
    let last = try #require(CivilDate(year: 2399, month: 12, day: 31)).daysSince2000
    #expect(last - first == 2 * 146_097 - 1)
    for day in first...last {
      let date = CivilDate(daysSince2000: day)
      #expect(
        CivilDate(year: date.year, month: date.month, day: date.day)?.daysSince2000 == day)
    }
  }

  @Test func printsInUTC() {
    #expect(
      timestamp("2026-08-21T11:15:02.1234567+02:00")?.description
        == "2026-08-21T09:15:02.123456Z")
    #expect(Timestamp(microseconds: -1).description == "1999-12-31T23:59:59.999999Z")
  }

  @Test func aMonthKnowsItsBoundsAndItsPartition() throws {
    let december = try #require(Month("2026-12"))
    #expect(december.next == Month(year: 2027, month: 1))
    #expect(december.advanced(by: -12) == Month(year: 2025, month: 12))
    #expect(december.partitionSuffix == "p20261201")
    #expect(december.start.description == "2026-12-01T00:00:00.000000Z")
    #expect(Timestamp(microseconds: december.next.start.microseconds - 1).month == december)
    for text in ["2026-13", "2026-00", "2026-1", "26-01", "2026-01-01", "2026-+1", ""] {
      #expect(Month(text) == nil)
    }
  }

  @Test func uuidsAreReadAndPrinted() throws {
    let text = "0190b7c2-6f3e-7c1a-9a53-2b1f0c9d7e11"
    #expect(UUIDBytes(text)?.description == text)
    #expect(UUIDBytes(text.uppercased())?.description == text)
    for bad in [
      "", String(text.dropLast()), text + "0", text.replacing("-", with: "0"), "{\(text)",
    ] {
      #expect(UUIDBytes(bad) == nil)
    }
    var generator = SystemRandomNumberGenerator()
    let made = UUIDBytes.v7(at: Timestamp(unixMicroseconds: 0x1234 * 1000), using: &generator)
    #expect(made.high >> 12 == 0x12347)
    #expect(made.low >> 62 == 0b10)
  }
}
