// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Foundation
import Records
import Testing

/// OTLP in JSON is read in two ways: attributes as nearly all exporters write them, and all others.
@Suite struct OTLPFormTests {
  /// The same document with a blank behind each token: no attribute is in the usual form then.
  private static func spaced(_ json: [UInt8]) -> [UInt8] {
    var (spaced, isText, isEscaped) = ([UInt8](), false, false)
    for byte in json {
      spaced.append(byte)
      if isText {
        isText = isEscaped || byte != UInt8(ascii: "\"")
        isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
      } else {
        isText = byte == UInt8(ascii: "\"")
        if "{}[],:".utf8.contains(byte) { spaced.append(UInt8(ascii: " ")) }
      }
    }
    return spaced
  }

  private static let values = [
    "{\"stringValue\":\"acme\"}", "{\"stringValue\":\"\"}", "{\"stringValue\":\"a\\\"}}b\"}",
    "{\"stringValue\":\"\\u0000\"}", "{\"stringValue\":\"\\ud800\"}", "{\"stringValue\":\"ä\\\\\"}",
    "{\"stringValue\":1}", "{\"stringValue\":null}", "{\"intValue\":\"12\"}", "{\"intValue\":12}",
    "{\"intValue\":\"-0\"}", "{\"intValue\":\"012\"}", "{\"intValue\":\"\"}",
    "{\"intValue\":\"-\"}", "{\"intValue\":\"999999999999\"}", "{\"intValue\":\"1000000000000\"}",
    "{\"intValue\":\"1.0\"}", "{\"intValue\":1e3}", "{\"doubleValue\":0.25}",
    "{\"doubleValue\":\"NaN\"}", "{\"doubleValue\":\"0.5\"}", "{\"doubleValue\":1e999}",
    "{\"boolValue\":true}", "{\"boolValue\":false}", "{\"boolValue\":tru}", "{\"boolValue\":0}",
    "{\"arrayValue\":{\"values\":[{\"stringValue\":\"x\"}]}}", "{\"arrayValue\":{}}", "{}", "[]",
    "{\"stringValue\":\"a\",\"intValue\":\"1\"}", "\"a\"", "{\"bytesValue\":\"aGk=\"}",
    "{\"kvlistValue\":{\"values\":[{\"key\":\"a\",\"value\":{\"stringValue\":\"b\"}}]}}",
  ]

  private static func request(_ attributes: String) -> [UInt8] {
    let id = "0190b7c270007c1a9a53000000000001"
    return Array(
      """
      {"resourceSpans":[{"resource":{"attributes":[{"key":"tenant.id","value":{"stringValue":"t"}}]},\
      "scopeSpans":[{"spans":[{"traceId":"\(id)","spanId":"9a53000000000001",\
      "startTimeUnixNano":"1787303702000000000","attributes":[\(attributes)],"status":{}}]}]}]}
      """.utf8)
  }

  private static func attribute(_ name: String, _ value: String) -> String {
    "{\"key\":\"\(name)\",\"value\":\(value)}"
  }

  private func outcomes(_ json: [UInt8], _ decoder: RecordDecoder) -> ([ItemResult], [String]) {
    let results = ItemResult.all(of: Sample(json), decoder)
    return (results, decoder.unknown.last.map { decoder.unknown.name(Int($0)) })
  }

  private func decoder() throws -> RecordDecoder {
    let profile = try #require(try ProfileSamplesTests.shelf?.profile("otlp"))
    return RecordDecoder(stream: profile.stream, profile: profile)
  }

  @Test func everyValueIsTheSameInBothForms() throws {
    let decoder = try decoder()
    let usual = [
      ("gen_ai.operation.name", "chat"), ("gen_ai.request.model", "gpt-5"),
      ("gen_ai.provider.name", "openai"),
    ].map { Self.attribute($0.0, "{\"stringValue\":\"\($0.1)\"}") }
    let tokens = [
      "gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens", "gen_ai.usage.cost.amount",
      "gen_ai.request.stream", "user.id", "gen_ai.response.finish_reasons", "a\\\"b.tokens",
      "gen_ai.usage.ä", "",
      // Of the span itself, too.
      "traceId",
    ]
    for name in tokens {
      for value in Self.values {
        let attribute = Self.attribute(name, value)
        for all in [usual + [attribute], [attribute] + usual, usual + [attribute, attribute]] {
          let json = Self.request(all.joined(separator: ","))
          let expected = outcomes(Self.spaced(json), decoder)
          let given = outcomes(json, decoder)
          #expect(given == expected, "\(String(decoding: json, as: UTF8.self))")
        }
      }
    }
  }

  /// More names than are remembered, among values that have members.
  @Test func manyNamesAreTheSameInBothForms() throws {
    let decoder = try decoder()
    let known = [
      ("gen_ai.operation.name", "chat"), ("gen_ai.request.model", "gpt-5"),
      ("gen_ai.provider.name", "openai"), ("user.id", "u"), ("gen_ai.response.id", "r"),
    ].map { Self.attribute($0.0, "{\"stringValue\":\"\($0.1)\"}") }
    for count in [500, 510, 511, 512, 520, 1_100] {
      var all: [String] = []
      for index in 0..<count {
        if index % (count / 5) == 0 { all.append(known[index / (count / 5) % 5]) }
        let inner = "{\"key\":\"user.id\",\"value\":{\"stringValue\":\"n\(index)\"}}"
        let name = "tokens.\(index)"
        all.append(
          Self.attribute(
            name,
            index % 3 == 0
              ? "{\"kvlistValue\":{\"values\":[\(inner)]}}" : "{\"stringValue\":\"x\"}"))
      }
      let json = Self.request(all.joined(separator: ","))
      for _ in 0..<2 {
        let expected = outcomes(Self.spaced(json), try self.decoder())
        #expect(outcomes(json, decoder) == expected)
        #expect(expected.0.count == 1)
      }
    }
  }

  @Test func faultsAreFoundWhereTheyAre() throws {
    let decoder = try decoder()
    let json = Self.request(
      [
        Self.attribute("user.id", "{\"stringValue\":\"a\\\\b\"}"),
        Self.attribute("gen_ai.operation.name", "{\"stringValue\":\"chat\"}"),
        Self.attribute("gen_ai.usage.input_tokens", "{\"stringValue\":\"none\"}"),
        Self.attribute("gen_ai.request.model", "{\"stringValue\":\"gpt-5\"}"),
      ].joined(separator: ","))
    let faults = try Sample(json).withRecord(decoder) { record in
      try decoder.open(record, now: testNow)
      return decoder.examineNext().faults
    }
    let fault = try #require(faults.first { $0.reason.code == "wrong_type" })
    let rest = String(decoding: json.dropFirst(Int(fault.offset)), as: UTF8.self)
    #expect(rest.hasPrefix("none\""), "\(rest.prefix(40))")
  }

  /// Damaged documents have the same outcome, but for the reason of what is no JSON.
  @Test func damageIsTheSameInBothForms() throws {
    let seed = UInt64.random(in: .min ... .max)
    print("seed of the damaged requests: \(seed)")
    var random = SplitMix(state: seed)
    let decoder = try decoder()
    let json = try #require(ProfileMutationTests.spans().first)
    for _ in 0..<2_000 {
      var damaged = json
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let index = Int.random(in: 0..<damaged.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: damaged[index] = UInt8.random(in: 0x20...0x7e, using: &random)
        case 1: damaged.remove(at: index)
        default: damaged.swapAt(index, Int.random(in: 0..<damaged.count, using: &random))
        }
      }
      let given = ItemResult.all(of: Sample(damaged), decoder)
      let expected = ItemResult.all(of: Sample(Self.spaced(damaged)), decoder)
      #expect(given == expected, "\(String(decoding: damaged, as: UTF8.self))")
    }
  }
}
