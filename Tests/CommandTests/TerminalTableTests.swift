// SPDX-License-Identifier: Apache-2.0
import Testing
import daybook

/// What a table looks like on a terminal, and elsewhere.
@Suite struct TerminalTableTests {
  private static let costs = Table(
    [
      .text("tenant_id"), .text("model"), .text("currency", isKept: true),
      .sum("cost", isKept: true), .sum("records"), .sum("failed_records"),
      .sum("cache_read_input_tokens"), .id("version"), .text("note"),
    ],
    rows: [
      ["acme", "claude-sonnet-4-5-20250929", "USD", "1234567.5", "10", "0", "0", "1234", nil],
      ["acme", "gpt-5-mini", "EUR", "-0.25", "2000", "0.0", "0", "1234", ""],
      ["globex", "gpt-5-mini", "USD", "0.000000000001", "1", "0", "7000000", "7", nil],
      ["globex", "m", nil, nil, "-3", "0", "0", "7", nil],
    ])

  @Test func numbersAreGroupedAndAddedUpByCurrencyAndEmptyColumnsGo() {
    #expect(
      Self.costs.text(TableView(width: 120)) == """
        tenant_id  model                       currency                    cost  records  cache_read_input_tokens  version
        ---------  --------------------------  --------  ----------------------  -------  -----------------------  -------
        acme       claude-sonnet-4-5-20250929  USD       1,234,567.500000000000       10                        0     1234
        acme       gpt-5-mini                  EUR              -0.250000000000    2,000                        0     1234
        globex     gpt-5-mini                  USD               0.000000000001        1                7,000,000        7
        globex     m                                                                  -3                        0        7
        ---------  --------------------------  --------  ----------------------  -------  -----------------------  -------
        total                                  EUR              -0.250000000000    2,000                        0
        total                                  USD       1,234,567.500000000001       11                7,000,000
        total                                                                         -3                        0

        """)
  }

  @Test func aPipeGetsEverythingAsItIs() {
    let text = Self.costs.text(TableView(width: nil))
    #expect(text == Self.costs.aligned)
    #expect(
      text.contains("failed_records") && text.contains("1234567.5") && !text.contains("total"))
  }

  @Test(arguments: [44, 60, 80, 100, 132, 200])
  func aTerminalIsNeverTooNarrow(_ width: Int) {
    let lines = Self.costs.text(TableView(width: width)).split(separator: "\n")
    let table = lines.filter { !$0.hasPrefix("no room for ") }
    #expect(table.allSatisfy { $0.count <= width })
    // Money and its currency are always there.
    #expect(table.contains { $0.contains("cost") && $0.contains("currency") })
    #expect(lines.contains { $0.hasPrefix("no room for ") } == (width < 100))
  }

  @Test func wideShowsEveryColumnInFull() {
    let text = Self.costs.text(TableView(width: 40, isWide: true))
    for name in ["failed_records", "cache_read_input_tokens", "note", "claude-sonnet-4-5-20250929"]
    {
      #expect(text.contains(name))
    }
    #expect(!text.contains("…"))
  }

  @Test func orderIsThatOfNumbersAndTheirAbsenceComesLast() {
    #expect(Self.costs.order(by: "cost") == [0, 2, 1, 3])
    #expect(Self.costs.order(by: "model") == [0, 1, 2, 3])
    #expect(Self.costs.order(by: "records") == [1, 0, 2, 3])
    #expect(Self.costs.order(by: "nothing") == nil)
  }

  /// Against a slow rule, for numbers longer than any integer.
  @Test func longDecimalsAreComparedExactly() {
    let texts = [
      "-100000000000000000000000000000000000001", "-100000000000000000000000000000000000000.5",
      "-1", "-0.5", "0", "0.000000000000000000000001", "0.5", "0.50000000000000000000001", "9",
      "10",
      "100000000000000000000000000000000000000", "100000000000000000000000000000000000000.1",
    ]
    let table = Table([.number("n")], rows: texts.reversed().map { [$0] })
    #expect(table.order(by: "n") == Array(texts.indices))
    let reversed = Table([.number("n")], rows: texts.map { [$0] })
    #expect(reversed.order(by: "n") == Array(texts.indices.reversed()))
  }

  @Test func noTotalWhereItWouldRepeatTheRows() {
    let one = Table(
      [.text("currency"), .sum("cost")], rows: [["EUR", "1"], ["USD", "2"]])
    #expect(!one.text(TableView(width: 80)).contains("total"))
    let huge = Table(
      [.text("currency"), .sum("cost"), .sum("records")],
      rows: [["USD", "0.0000000000001", "1"], ["USD", "2", "1"]])
    // More decimals than an amount has: no sum rather than a wrong one.
    #expect(huge.text(TableView(width: 80)).hasSuffix("2\n"))
  }
}
