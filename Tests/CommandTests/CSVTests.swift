// SPDX-License-Identifier: Apache-2.0
import Testing
import daybook

@Suite struct CSVTests {
  private func cell(_ value: String?, _ column: TableColumn = .text("c"), isRaw: Bool = false)
    -> String
  {
    let text = Table([column], rows: [[value]]).csv(isRaw: isRaw)
    return String(text.dropFirst("c\r\n".count).dropLast("\r\n".count))
  }

  @Test func rowsEndInCRLFAndNullsAreEmpty() {
    let table = Table([.text("a"), .number("b")], rows: [["x", "1"], [nil, nil]])
    #expect(table.csv(isRaw: false) == "a,b\r\nx,1\r\n,\r\n")
  }

  @Test(arguments: [
    ("plain", "plain"), ("a,b", "\"a,b\""), ("say \"hi\"", "\"say \"\"hi\"\"\""),
    ("two\nlines", "\"two\nlines\""), (" padded", "\" padded\""), ("a;b", "\"a;b\""),
    ("claude-sonnet-4-5", "claude-sonnet-4-5"), ("O'Brien", "O'Brien"),
  ])
  func textIsQuotedWhereNeeded(value: String, expected: String) {
    #expect(cell(value) == expected)
  }

  @Test(arguments: [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\u{A0}=1", "＝1", "－1", "＋1",
    "＠x",
    "=HYPERLINK(\"http://x\",\"y\")",
  ])
  func formulasAreGuardedInTextOnly(value: String) {
    #expect(cell(value).hasPrefix("\"'"))
    #expect(!cell(value, isRaw: true).contains("'"))
    #expect(!cell(value, .number("c")).contains("'"))
  }

  @Test func aNegativeAmountStaysANumber() {
    #expect(cell("-0.054399", .number("c")) == "-0.054399")
  }

  @Test func tablesAlignAndHideControlCharacters() {
    let table = Table(
      [.text("name"), .number("records")], rows: [["a\u{1B}[31m", "5"], ["bcd", "1000"]])
    #expect(
      table.aligned == """
        name    records
        ------  -------
        a\u{FFFD}[31m        5
        bcd        1000

        """)
  }
}
