// SPDX-License-Identifier: Apache-2.0
import Foundation
import Records
import Testing

/// What a profile computes as a column stores it is what the decoder would have read of its text:
/// `cut`, and `minus` of what is absent, make a text of it.
@Suite struct StoredValueTests {
  private static func decoder(_ occurred: String, _ id: String, _ duration: String, _ cost: String)
    throws -> RecordDecoder
  {
    let profile = try ProfileShelf(own: [
      "own": """
      [profile]
      stream = invocations
      [columns]
      invocation_id = \(id)
      occurred_at = \(occurred)
      tenant_id = "acme"
      provider = "openai"
      request_model = "gpt-5"
      input_tokens = 1
      output_tokens = 1
      currency = "USD"
      cost = \(cost)
      duration_ms = \(duration)
      """
    ]).profile("own")
    return RecordDecoder(stream: profile.stream, profile: profile)
  }

  /// Digits on both sides of every bound, with signs, points and exponents.
  private static let numbers: [String] = {
    var numbers = ["0", "-1", "0.5", "1e3", "17873e5", "1787303702.123456", "-0", "1e-7", "1e40"]
    for digits in 1...22 {
      numbers.append("9" + String(repeating: "0", count: digits - 1))
      numbers.append("1787303702123456789012".prefix(digits).description)
      numbers.append("-" + "1787303702123456789012".prefix(digits))
    }
    return numbers
  }()

  @Test(arguments: ["epoch_s", "epoch_ms", "epoch_us", "epoch_ns"])
  func timesAreThoseOfTheirTexts(function: String) throws {
    let id = "uuid5(\"x\", text(x))"
    let elapsed = "elapsed_ms(\(function)(y), \(function)(x))"
    let stored = try Self.decoder("\(function)(x)", id, elapsed, "\"1\"")
    let texts = try Self.decoder(
      "cut(\(function)(x), 64)", "cut(\(id), 64)", "minus(\(elapsed), z)", "\"1\"")
    for x in Self.numbers {
      for y in [x, "1787303701999", "1787303700000600", "1787303700000600500"] {
        for item in ["{\"x\":\(x),\"y\":\(y)}", "{\"x\":\"\(x)\",\"y\":\"\(y)\"}"] {
          let expected = ItemResult.all(of: Sample(item), texts)
          #expect(ItemResult.all(of: Sample(item), stored) == expected, "\(item)")
        }
      }
    }
  }

  @Test func amountsAreThoseOfTheirTexts() throws {
    let (time, id) = ("\"2026-08-20T09:15:02Z\"", "uuid(i)")
    let stored = try Self.decoder(time, id, "1", "decimal(x)")
    let texts = try Self.decoder(time, "cut(\(id), 64)", "1", "cut(decimal(x), 64)")
    for i in ["0190b7c2-7000-7c1a-9a53-000000000001", "0190b7c270007c1a9a53000000000001", "1"] {
      for x in Self.numbers + ["0.000000000001", "0.0000000000005", "12.000000000001"] {
        // A number with more digits than a double keeps is refused, a text is not.
        let item = "{\"x\":\"\(x)\",\"i\":\"\(i)\"}"
        let expected = ItemResult.all(of: Sample(item), texts)
        #expect(ItemResult.all(of: Sample(item), stored) == expected, "\(item)")
      }
    }
    let id1 = "0190b7c2-7000-7c1a-9a53-000000000001"
    for (x, reason) in [("999.999999999999", nil), ("1234567890123456", "out_of_range")] {
      let results = ItemResult.all(of: Sample("{\"x\":\(x),\"i\":\"\(id1)\"}"), stored)
      if let reason { #expect(results == [.refused(reason, "cost")]) }
      if reason == nil, case .row(let row) = results[0] { #expect(row["cost"] == .number(x)) }
    }
  }
}
