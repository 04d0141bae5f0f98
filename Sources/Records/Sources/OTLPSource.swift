// SPDX-License-Identifier: Apache-2.0
import JSON

/// The spans and log records of a request of OTLP, in JSON or Protobuf, each as one plain object:
/// attributes are members, values are JSON values, and its resource and scope stand beside it.
///
/// https://opentelemetry.io/docs/specs/otlp/
final class OTLPSource {
  private let json: OTLPJSONSource
  private let protobuf: OTLPProtobufSource
  private var isJSON = true

  init(parser: JSONParser, scratch: Scratch, keys: KeyMemory) {
    let names = OTLPNames(parser, keys)
    json = OTLPJSONSource(parser: parser, names: names, keys: keys)
    protobuf = OTLPProtobufSource(parser: parser, scratch: scratch, names: names, keys: keys)
  }

  func open(_ content: UnsafeRawBufferPointer) throws(Rejection) {
    let first = content.first { $0 > 0x20 }
    // A request of Protobuf begins with a line feed, which is also white space of JSON.
    isJSON =
      content.first == ProtobufFields.firstTag
      ? first == nil || OTLPJSONSource.isJSON(content)
      : first == nil || first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
    if isJSON { return try json.open(content) }
    if content.first != ProtobufFields.firstTag, let format = Format(content) {
      throw Rejection(format.reason)
    }
    try protobuf.open(content)
  }

  func next() throws(Rejection) -> RecordSource.Item? {
    isJSON ? json.next() : try protobuf.next()
  }

  var last: Int32 { isJSON ? json.last : protobuf.last }

  func offset(of token: Int) -> Int {
    isJSON ? json.offset(of: token) : protobuf.offset(of: token)
  }
}

/// The names that items have, with their hashes.
struct OTLPNames {
  let signal, span, log: JSONToken
  let resource, scope, attributes, name, version: JSONToken
  let traceID, spanID, parentSpanID, kind, start, end, status, message, code: JSONToken
  let time, observed, severityNumber, severityText, eventName, body: JSONToken

  init(_ parser: JSONParser, _ keys: KeyMemory) {
    func key(_ text: StaticString) -> JSONToken {
      let bytes = UnsafeRawBufferPointer(
        start: text.utf8Start, count: text.utf8CodeUnitCount)
      return JSONToken(.key, keys.name(bytes), hash: parser.hash(of: bytes))
    }
    func value(_ text: StaticString) -> JSONToken {
      JSONToken(
        .string, UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
    signal = key("signal")
    (span, log) = (value("span"), value("log"))
    (resource, scope, attributes) = (key("resource"), key("scope"), key("attributes"))
    (name, version) = (key("name"), key("version"))
    (traceID, spanID, parentSpanID) = (key("traceId"), key("spanId"), key("parentSpanId"))
    (kind, start, end) = (key("kind"), key("startTimeUnixNano"), key("endTimeUnixNano"))
    (status, message, code) = (key("status"), key("message"), key("code"))
    (time, observed) = (key("timeUnixNano"), key("observedTimeUnixNano"))
    (severityNumber, severityText) = (key("severityNumber"), key("severityText"))
    (eventName, body) = (key("eventName"), key("body"))
  }
}
