// SPDX-License-Identifier: Apache-2.0
import Telemetry
import Testing
import Text

@Suite struct HarmlessTextTests {
  /// Overrides and isolates, marks, zero-width characters, tags, a byte order mark, controls of
  /// both sets.
  static let hostile: [Unicode.Scalar] = [
    "\u{0}", "\u{7}", "\u{1B}", "\u{7F}", "\u{9B}", "\u{AD}", "\u{61C}", "\u{180E}", "\u{200B}",
    "\u{200C}",
    "\u{200D}", "\u{200E}", "\u{200F}", "\u{2028}", "\u{2029}", "\u{202A}", "\u{202E}", "\u{2060}",
    "\u{2066}",
    "\u{2069}", "\u{FEFF}", "\u{3164}", "\u{E0041}",
  ]

  @Test(arguments: hostile)
  func theyAreShownAndDoNothing(scalar: Unicode.Scalar) {
    #expect("a\(scalar)b".harmless() == "a\u{FFFD}b")
    let line = LogLine(
      time: "t", level: .info, message: "m", fields: [("v", LogValue("a\(scalar)b"))])
    for format in LogFormat.allCases {
      let text = line.rendered(as: format).dropLast()
      #expect(text.unicodeScalars.filter { $0.isUnsafeOnTerminal }.isEmpty)
    }
  }

  @Test(arguments: ["plain", "é € 漢字 🎉 ñ", "e\u{301}", "مرحبا", "a\u{A0}b"])
  func otherTextStaysAsItIs(text: String) {
    #expect(text.harmless() == text)
  }

  @Test func onlyWholeTextsKeepTheirLines() {
    #expect("a\tb\n".harmless(lines: true) == "a\tb\n")
    #expect("a\tb\n\r".harmless() == "a\u{FFFD}b\u{FFFD}\u{FFFD}")
    #expect("\r\n\ra".harmless(lines: true) == "\r\n\u{FFFD}a")
  }
}
