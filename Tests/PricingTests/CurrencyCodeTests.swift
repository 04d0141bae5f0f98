// SPDX-License-Identifier: Apache-2.0
import Pricing
import Testing

struct CurrencyCodeTests {
  @Test(arguments: ["", "US", "usd", "USDX", "U$D", "ÄÖÜ"])
  func refusesWhatIsNoCode(_ text: String) {
    #expect(CurrencyCode(text.utf8) == nil)
  }

  @Test func keepsTheLetters() throws {
    let code = try #require(CurrencyCode("EUR".utf8))
    #expect(code.description == "EUR")
    #expect(code.withBytes { $0.elementsEqual("EUR".utf8) })
  }
}
