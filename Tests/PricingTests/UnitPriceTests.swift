// SPDX-License-Identifier: Apache-2.0
import Pricing
import Testing

struct UnitPriceTests {
  @Test(arguments: [
    ("3e-06", "0.000003"), ("1.5E-5", "0.000015"), ("0", "0"), ("0.0", "0"), ("-0", "0"),
    ("0e999", "0"), ("1e-24", "0.000000000000000000000001"), ("999", "999"),
    ("999.999999999999999999999999", "999.999999999999999999999999"), ("12.50", "12.5"),
    ("100e-2", "1"), ("0.00001e5", "1"), ("1000e-1", "100"), ("0.1e+2", "10"),
    ("3.000000000000000000000000000000000000000000000000e-06", "0.000003"),
  ])
  func keepsTheTextOfANumber(text: String, plain: String) {
    #expect(UnitPrice(text)?.description == plain)
  }

  @Test(arguments: [
    ("1e-25", UnitPriceError.tooFine), ("0.0000000000000000000000011", .tooFine),
    ("1000", .tooLarge), ("1e3", .tooLarge), ("1e99999999999999999999", .tooLarge),
    ("1e-99999999999999999999", .tooFine), ("-1", .negative), ("-1e-30", .negative),
    ("", .notANumber), ("+1", .notANumber), (".5", .notANumber), ("1.", .notANumber),
    ("01", .notANumber), ("1e", .notANumber), ("NaN", .notANumber), ("1 ", .notANumber),
    ("0x1", .notANumber), ("1e1.0", .notANumber), ("-", .notANumber),
  ])
  func saysWhyATextIsNoPrice(text: String, reason: UnitPriceError) {
    var text = text
    _ = text.withUTF8 { bytes in
      #expect(throws: reason) { try UnitPrice(parsing: UnsafeRawBufferPointer(bytes)) }
    }
    #expect(UnitPrice(text) == nil)
  }
}
