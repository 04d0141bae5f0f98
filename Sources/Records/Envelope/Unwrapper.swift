// SPDX-License-Identifier: Apache-2.0
import JSON

/// Finds the JSON object of a record in what Kafka delivered.
///
/// Plain JSON, CloudEvents in binary and structured mode, and each of them behind the five bytes
/// of the Confluent wire format.
struct Unwrapper: ~Copyable {
  private let parser: JSONParser
  /// For `data_base64`, made when the first one comes: the attributes still need the first parser.
  private var dataParser: JSONParser?
  private var base64 = Base64Buffer()
  private let seed: UInt64
  private let names: JSONNames
  private let eventScope: Int16

  struct Body {
    let tape: JSONTape
    /// The token of the object that is the record.
    let root: Int
    let envelope: Envelope
  }

  init(parser: JSONParser, seed: UInt64, plan: DecodePlan) {
    names = plan.names
    eventScope = plan.eventScope
    self.parser = parser
    self.seed = seed
  }

  mutating func open(
    _ record: RawRecord, _ counters: inout DecoderCounters
  ) throws(Rejection) -> Body {
    guard let value = record.payload else { throw Rejection(.nullValue) }
    var headers = record.headers
    counters.nonUTF8Headers &+= headers.dropNonUTF8()
    try checkEncoding(headers[.contentEncoding])
    let mediaType = MediaType(headers[.contentType])
    if mediaType == .unsupported { throw Rejection(.unsupportedContentType) }

    let content = try SchemaFrame.strip(value)
    let isStructured = mediaType == .structuredEvent
    var hasEvent = false
    var tape = try parse(content, isStructured ? eventScope : recordScope, parser, &hasEvent)
    guard tape[0].kind == .object else { throw Rejection(Format.reason(ofArray: tape)) }
    if isStructured { return try openEvent(tape, record, headers) }
    if hasEvent, !headers.isEvent {
      // Nobody said so, but no record has a specversion.
      tape = try parse(content, eventScope, parser, &hasEvent)
      return try openEvent(tape, record, headers)
    }
    if headers.isEvent {
      try checkVersion(headers)
    } else {
      headers.dropEvent()
    }
    return Body(tape: tape, root: 0, envelope: Envelope(record, headers: headers))
  }

  /// A structured event: the attributes are keys beside the data.
  private mutating func openEvent(
    _ tape: JSONTape, _ record: RawRecord, _ transport: EnvelopeHeaders
  ) throws(Rejection) -> Body {
    let event = try StructuredEvent(tape, transport)
    guard event.headers.isEvent else { throw Rejection(.badEnvelope) }
    try checkVersion(event.headers)
    if MediaType(event.contentType) != .json { throw Rejection(.unsupportedContentType) }
    let envelope = Envelope(record, headers: event.headers)
    switch (event.data, event.base64) {
    case (let data?, nil):
      guard tape[data].kind == .object else { throw Rejection(.badEnvelope) }
      return Body(tape: tape, root: data, envelope: envelope)
    case (nil, let text?):
      guard let bytes = base64.decode(text) else { throw Rejection(.badEnvelope) }
      let data = try parseData(bytes)
      guard data[0].kind == .object else { throw Rejection(.badEnvelope) }
      return Body(tape: data, root: 0, envelope: envelope)
    default:
      throw Rejection(.badEnvelope)
    }
  }

  private func checkEncoding(_ encoding: UnsafeRawBufferPointer?) throws(Rejection) {
    guard let encoding = encoding.map(trimmed), !encoding.isEmpty else { return }
    // AMQP-minded producers put the charset here.
    if equals(encoding, "identity") || equals(encoding, "utf-8") { return }
    throw Rejection(.unsupportedContentEncoding)
  }

  private func checkVersion(_ headers: EnvelopeHeaders) throws(Rejection) {
    guard let version = headers[.specVersion], equals(version, "1.0") else {
      throw Rejection(.badEnvelope)
    }
  }

  private func parse(
    _ bytes: UnsafeRawBufferPointer, _ scope: Int16, _ parser: JSONParser, _ hasEvent: inout Bool
  ) throws(Rejection) -> JSONTape {
    do throws(JSONError) {
      return try parser.parse(bytes, names: names, scope: scope, hasEvent: &hasEvent)
    } catch {
      throw Rejection(Format.reason(of: bytes, error), offset: parser.faultOffset)
    }
  }

  private mutating func parseData(
    _ bytes: UnsafeRawBufferPointer
  ) throws(Rejection) -> JSONTape {
    let parser = dataParser ?? JSONParser(seed: seed)
    dataParser = parser
    var hasEvent = false
    return try parse(bytes, recordScope, parser, &hasEvent)
  }

  private var recordScope: Int16 { Int16(KeyTable.recordScope) }
}
