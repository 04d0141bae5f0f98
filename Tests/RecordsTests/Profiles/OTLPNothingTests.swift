// SPDX-License-Identifier: Apache-2.0
import Records
import Testing

/// Zeros stand for an id or a time that is not there (OTLP's data model), in Protobuf and in JSON.
@Suite struct OTLPNothingTests {
  private static let attributes = [
    ("tenant.id", "acme"), ("gen_ai.operation.name", "chat"), ("gen_ai.provider.name", "openai"),
    ("gen_ai.request.model", "gpt-5"), ("gen_ai.response.id", "resp-1"),
    ("gen_ai.usage.input_tokens", "7"), ("gen_ai.usage.output_tokens", "5"),
  ]
  private static let observed: UInt64 = 1_787_303_702_000_000_000

  private func message(_ field: UInt8, _ content: [UInt8]) -> [UInt8] {
    let length =
      content.count < 0x80
      ? [UInt8(content.count)] : [UInt8(content.count & 0x7f) | 0x80, UInt8(content.count >> 7)]
    return [field << 3 | 2] + length + content
  }

  private func fixed(_ field: UInt8, _ value: UInt64) -> [UInt8] {
    [field << 3 | 1] + withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  /// A log record that says zeros, or (`isSaid` false) nothing.
  private func protobuf(isSaid: Bool) -> [UInt8] {
    var record = isSaid ? fixed(1, 0) : []
    for (name, value) in Self.attributes {
      let value = message(2, message(1, Array(value.utf8)))
      record += message(6, message(1, Array(name.utf8)) + value)
    }
    if isSaid {
      record += message(9, [UInt8](repeating: 0, count: 16))
      record += message(10, [UInt8](repeating: 0, count: 8))
    }
    record += fixed(11, Self.observed)
    record += message(12, Array("gen_ai.client.inference.operation.details".utf8))
    return message(1, message(2, message(2, record)))
  }

  private func json(isSaid: Bool) -> String {
    let zeros =
      isSaid
      ? """
      "timeUnixNano":"0","traceId":"\(String(repeating: "0", count: 32))",\
      "spanId":"\(String(repeating: "0", count: 16))",
      """ : ""
    let attributes = Self.attributes.map {
      "{\"key\":\"\($0.0)\",\"value\":{\"stringValue\":\"\($0.1)\"}}"
    }
    return """
      {"resourceLogs":[{"scopeLogs":[{"logRecords":[{\(zeros)"observedTimeUnixNano":"\(Self.observed)",
      "eventName":"gen_ai.client.inference.operation.details",
      "attributes":[\(attributes.joined(separator: ","))]}]}]}]}
      """
  }

  @Test(arguments: ["otlp", "otlp-logs"]) func zerosAreNothing(_ name: String) throws {
    let profile = try #require(try ProfileSamplesTests.shelf?.profile(name))
    let decoder = RecordDecoder(stream: profile.stream, profile: profile)
    let expected = ItemResult.all(of: Sample(json(isSaid: false)), decoder)
    guard expected.count == 1, case .row = expected[0] else {
      Issue.record("\(expected)")
      return
    }
    #expect(ItemResult.all(of: Sample(json(isSaid: true)), decoder) == expected)
    #expect(ItemResult.all(of: Sample(protobuf(isSaid: false)), decoder) == expected)
    #expect(ItemResult.all(of: Sample(protobuf(isSaid: true)), decoder) == expected)
  }
}
