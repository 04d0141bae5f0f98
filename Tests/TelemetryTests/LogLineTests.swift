// SPDX-License-Identifier: Apache-2.0
import Telemetry
import Testing

@Suite struct LogLineTests {
  private func line(_ fields: [(String, LogValue)], message: String = "copy failed") -> LogLine {
    LogLine(
      time: "2026-08-21T09:15:02.123Z", level: .error, message: message, fields: fields)
  }

  @Test func jsonHasTypedFields() {
    let text = line([
      ("table", "invocations"), ("rows", 20000), ("ratio", 0.5), ("last", true),
    ]).rendered(as: .json)
    #expect(
      text == """
        {"ts":"2026-08-21T09:15:02.123Z","level":"error","msg":"copy failed",\
        "table":"invocations","rows":20000,"ratio":0.5,"last":true}\n
        """)
  }

  @Test func textQuotesOnlyWhatNeedsIt() {
    let text = line([("table", "invocations"), ("error", "it is late"), ("empty", "")])
      .rendered(as: .text)
    #expect(
      text == """
        2026-08-21T09:15:02.123Z error copy failed table=invocations error="it is late" empty=""\n
        """)
  }

  @Test(arguments: LogFormat.allCases)
  func aLineStaysOneLineWithoutControlCharacters(format: LogFormat) {
    let hostile = "a\nb\r\u{1B}[31mred\u{0}\u{7F}\u{9B}\u{2028}\"\\"
    let text = line([("value", LogValue(hostile))], message: hostile).rendered(as: format)
    #expect(text.hasSuffix("\n"))
    let controls = text.dropLast().unicodeScalars.filter {
      $0.value < 0x20 || (0x7F...0x9F).contains($0.value) || $0 == "\u{2028}"
    }
    #expect(controls.isEmpty)
  }

  @Test func longValuesAreCut() {
    let long = String(repeating: "x", count: 5_000)
    let text = line([("value", LogValue(long))]).rendered(as: .json)
    #expect(text.utf8.count < LogLine.valueCharactersMax + 200)
    #expect(text.contains("x…\""))
  }

  @Test func fieldsAreBounded() {
    let many = (0..<100).map { ("f\($0)", LogValue($0)) }
    #expect(line(many).fields.count == LogLine.fieldCountMax)
  }

  @Test func infiniteNumbersAreStillJSON() {
    #expect(line([("ratio", .double(.infinity))]).rendered(as: .json).contains("\"ratio\":null"))
  }
}
