// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Testing

struct AmountTests {
  @Test(arguments: [
    ("0", "0"), ("-0", "0"), ("0.000000000001", "0.000000000001"), ("0.054399", "0.054399"),
    ("1.500000000000", "1.5"), ("-12.5", "-12.5"),
    ("999999999999.999999999999", "999999999999.999999999999"),
  ])
  func readsAndPrintsExactly(text: String, printed: String) throws {
    #expect(try #require(Amount(text)).description == printed)
  }

  @Test(arguments: [
    "", "-", ".5", "1.", "01", "-01", "00", "+1", "1e3", "1,5", " 1", "1 ", "NaN", "Infinity",
    "1000000000000", "0.0000000000001", "1.2.3", "--1", "\u{0661}",
  ])
  func refusesWhatIsNotAPlainDecimal(text: String) {
    #expect(Amount(text) == nil)
  }

  @Test func addsUntilItOverflows() throws {
    let one = try #require(Amount("0.1"))
    #expect(one.adding(one)?.description == "0.2")
    #expect(Amount(units: .max).adding(Amount(units: 1)) == nil)
    #expect(Amount(units: .min).adding(Amount(units: -1)) == nil)
  }

  @Test func printsTheExtremes() {
    #expect(
      Amount(units: .min).description == "-170141183460469231731687303.715884105728")
  }
}
