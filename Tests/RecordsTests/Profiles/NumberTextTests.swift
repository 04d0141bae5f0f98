// SPDX-License-Identifier: Apache-2.0
import JSON
import Testing

@testable import Records

/// A number has one text, whatever the format and the spelling that it comes in.
@Suite struct NumberTextTests {
  @Test(arguments: [
    ("42", "42"), ("42.0", "42"), ("4.2e+01", "42"), ("4200E-2", "42"), ("-42.50", "-42.5"),
    ("0.0", "0"), ("0e5", "0"), ("-0.0", "-0"), ("-0", "-0"), ("0.00012", "0.00012"),
    ("1.2e-04", "0.00012"), ("1e20", "100000000000000000000"), ("12.50e1", "125"),
    ("123456789012345678901234567890.5", "123456789012345678901234567890.5"),
    ("1e39", "1" + String(repeating: "0", count: 39)), ("1e41", "1e41"), ("15.0e-60", "1.5e-59"),
    ("1e-40", "0." + String(repeating: "0", count: 39) + "1"), ("1.5e300", "1.5e300"),
    ("100e300", "1e302"), ("0.10", "0.1"), ("10", "10"),
  ])
  func everySpellingHasTheSameText(number: String, text: String) {
    let scratch = Scratch()
    let plain = Array(number.utf8).withUnsafeBytes {
      String(decoding: scratch.plain($0), as: UTF8.self)
    }
    #expect(plain == text)
  }

  @Test(
    arguments: [
      (42, "42"), (1.5, "1.5"), (0, "0"), (-0.25, "-0.25"), (0.0001, "0.0001"),
      (2.85e-05, "2.85e-05"),
      (123_456_789_012_345, "123456789012345"), (1e15, "1e+15"), (0.1 + 0.2, "0.30000000000000004"),
      (1_787_303_702.25, "1787303702.25"),
    ] as [(Double, String)])
  func doublesArePlainWhereTheyAreShort(value: Double, text: String) {
    let scratch = Scratch()
    #expect(scratch.decimal(value).map { String(decoding: $0, as: UTF8.self) } == text)
    #expect(AvroReadingTests.read("\"double\"") { $0.double(value) } == text)
  }

  private static let profile = """
    [profile]
    extends = otlp
    [columns]
    invocation_id = uuid5("number", attributes.x)
    project_id = text(attributes.x)
    api_key_id = join("-", attributes.x, "key")
    conversation_id = attributes.list[0] | lower(attributes.x)
    error_type = map(attributes.x, "42": "the answer", else: "another")
    finish_reasons = list(attributes.x)
    tags.x = attributes.x
    region = if(starts(attributes.x, "4"), "four", "none")

    """

  /// The same span in JSON and in Protobuf is the same row.
  @Test(
    arguments: [
      ("42.0", 42), ("1.5", 1.5), ("4.2e1", 42), ("0.00001", 0.00001), ("1e17", 1e17), ("0", 0),
      ("400000.00", 400_000), ("0.1", 0.1),
    ] as [(String, Double)])
  func aDoubleIsTheSameInJSONAndProtobuf(json: String, value: Double) throws {
    let shelf = try ProfileShelf(own: ["own": Self.profile])
    let profile = try shelf.profile("own")
    let decoder = RecordDecoder(stream: profile.stream, profile: profile)
    let inJSON = ItemResult.all(of: Sample(Self.json(json)), decoder)
    guard case .row(let row) = inJSON.first else {
      Issue.record("\(inJSON)")
      return
    }
    #expect(row["tenant_id"] == row["project_id"] && row["user_id"] == row["project_id"])
    #expect(ItemResult.all(of: Sample(Self.protobuf(value)), decoder) == inJSON)
  }

  private static let texts = [
    ("gen_ai.operation.name", "chat"), ("gen_ai.provider.name", "openai"),
    ("gen_ai.request.model", "gpt-5"), ("gen_ai.usage.input_tokens", "7"),
    ("gen_ai.usage.output_tokens", "5"),
  ]
  private static let doubles = ["x", "tenant.id", "user.id"]

  private static func json(_ number: String) -> String {
    let attributes =
      texts.map { "{\"key\":\"\($0.0)\",\"value\":{\"stringValue\":\"\($0.1)\"}}" }
      + doubles.map { "{\"key\":\"\($0)\",\"value\":{\"doubleValue\":\(number)}}" }
      + [#"{"key":"list","value":{"arrayValue":{"values":[{"bytesValue":"aGk/"}]}}}"#]
    return """
      {"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"\(String(repeating: "61", count: 16))",\
      "startTimeUnixNano":"1787303702000000000",\
      "attributes":[\(attributes.joined(separator: ","))]}]}]}]}
      """
  }

  private static func protobuf(_ number: Double) -> [UInt8] {
    typealias P = ProtobufBytes
    var span = P.text(1, String(repeating: "a", count: 16)) + P.fixed(7, 1_787_303_702_000_000_000)
    for (name, value) in texts {
      span += P.message(9, P.text(1, name) + P.message(2, P.text(1, value)))
    }
    for name in doubles {
      span += P.message(9, P.text(1, name) + P.message(2, P.double(4, number)))
    }
    let list = P.message(5, P.message(1, P.text(7, "hi?")))
    span += P.message(9, P.text(1, "list") + P.message(2, list))
    return P.message(1, P.message(2, P.message(2, span)))
  }
}
