// SPDX-License-Identifier: Apache-2.0
import JSON
import Testing

@Suite struct JSONLimitsTests {
  /// One parser for all: a refused document must not leave traces for the next.
  private let parser = JSONParser()

  private func failure(_ json: String, _ parser: JSONParser? = nil) -> JSONError? {
    let parser = parser ?? self.parser
    do {
      _ = try Array(json.utf8).withUnsafeBytes { try parser.parse($0) }
      return nil
    } catch {
      return error as? JSONError
    }
  }

  @Test func depth() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
      func nested(_ depth: Int) -> String {
        String(repeating: open, count: depth - 1) + (open == "[" ? "[]" : "{}")
          + String(repeating: close, count: depth - 1)
      }
      #expect(failure(nested(JSONLimits.depthMax)) == nil)
      #expect(failure(nested(JSONLimits.depthMax + 1)) == .tooDeep)
      #expect(failure(nested(20_000)) == .tooDeep)
      for isOTLP in [false, true] {
        let lenient = JSONParser(isLenient: true, isOTLP: isOTLP)
        #expect(failure(nested(JSONLimits.lenientDepthMax), lenient) == nil)
        #expect(failure(nested(JSONLimits.lenientDepthMax + 1), lenient) == .tooDeep)
        #expect(failure(nested(20_000), lenient) == .tooDeep)
      }
    }
    #expect(failure(String(repeating: "[", count: 20_000)) == .tooDeep)
  }

  @Test func keys() {
    func object(_ count: Int) -> String {
      "{" + (0..<count).map { "\"key\($0)\":0" }.joined(separator: ",") + "}"
    }
    #expect(failure(object(JSONLimits.keysMax)) == nil)
    #expect(failure(object(JSONLimits.keysMax + 1)) == .tooManyKeys)
    #expect(
      failure(object(100_000)) == .tooManyKeys || failure(object(100_000)) == .payloadTooLarge)
    // Of all objects together, in any shape.
    let half = JSONLimits.keysMax / 2
    #expect(failure("[\(object(half)),\(object(half))]") == nil)
    #expect(failure("[\(object(half)),\(object(half)),{\"a\":0}]") == .tooManyKeys)
    // The last of a thousand keys is compared with all before it.
    let double = object(JSONLimits.keysMax - 1).dropLast() + ",\"key0\":1}"
    #expect(failure(String(double)) == .duplicateKey)
  }

  @Test func stringBytes() {
    let long = String(repeating: "x", count: JSONLimits.stringBytesMax)
    #expect(failure("[\"\(long)\"]") == nil)
    #expect(failure("[\"\(long)x\"]") == .stringTooLong)
    #expect(failure("{\"\(long)x\":0}") == .stringTooLong)
    #expect(failure("[\"\(long)\\n\"]") == .stringTooLong)
  }

  @Test func payloadBytes() {
    let fill = String(repeating: " ", count: JSONLimits.payloadBytesMax - 2)
    #expect(failure("[\(fill)]") == nil)
    #expect(failure("[\(fill) ]") == .payloadTooLarge)
    // The most tokens that fit.
    let ones = Array(repeating: "1", count: JSONLimits.payloadBytesMax / 2 - 1)
    #expect(failure("[\(ones.joined(separator: ","))]") == nil)
  }

  @Test func numbers() {
    let digits = String(repeating: "9", count: JSONLimits.numberCharactersMax)
    #expect(failure("[\(digits)]") == nil)
    #expect(failure("[\(digits)9]") == .numberOutOfRange)
    for sign in ["", "+", "-"] {
      #expect(failure("[1e\(sign)\(JSONLimits.exponentMax)]") == nil)
      #expect(failure("[1e\(sign)0030]") == nil)
      #expect(failure("[1e\(sign)\(JSONLimits.exponentMax + 1)]") == .numberOutOfRange)
      #expect(failure("[1E\(sign)4294967297]") == .numberOutOfRange)
      #expect(failure("[1e\(sign)400000]") == .numberOutOfRange)
    }
  }
}
