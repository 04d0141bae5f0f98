// SPDX-License-Identifier: Apache-2.0
import JSON

/// Finds the JSON object of a record in what Kafka delivered.
///
/// Plain JSON, CloudEvents in binary and structured mode, and each of them behind the five bytes
/// of the Confluent wire format.
final class Unwrapper {
  private let parser: JSONParser
  /// For `data_base64`, made when the first one comes: the attributes still need the first parser.
  private var dataParser: JSONParser?
  private var base64 = Base64Buffer()
  private let seed: UInt64
  private let names: JSONNames
  private let eventScope: Int16
  /// How far the last record was read.
  private var stage = Stage.unread
  /// What stands in front of the document in the value of the last record.
  private var frameBytes = 0

  private enum Stage {
    case unread, document
    /// The document is in base64, in the text of this token.
    case encoded(Int)
  }

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

  func open(
    _ record: RawRecord, _ counters: inout DecoderCounters
  ) throws(Rejection) -> Body {
    stage = .unread
    guard let value = record.payload else { throw Rejection(.nullValue) }
    var headers = record.headers
    counters.nonUTF8Headers &+= headers.dropNonUTF8()
    try Self.checkEncoding(headers)
    let mediaType = MediaType(headers[.contentType])
    if mediaType == .unsupported { throw Rejection(.unsupportedContentType) }

    let content = try SchemaFrame.strip(value)
    frameBytes = value.count - content.count
    stage = .document
    // A batch that is an object is one event: some senders leave the array out.
    let isStructured = mediaType == .structuredEvent || mediaType == .eventBatch
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
  private func openEvent(
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
      guard let bytes = base64.decode(tape[text].bytes) else { throw Rejection(.badEnvelope) }
      stage = .encoded(text)
      let data = try parseData(bytes)
      guard data[0].kind == .object else { throw Rejection(.badEnvelope) }
      return Body(tape: data, root: 0, envelope: envelope)
    default:
      throw Rejection(.badEnvelope)
    }
  }

  static func checkEncoding(_ headers: EnvelopeHeaders) throws(Rejection) {
    guard let encoding = headers[.contentEncoding].map(trimmed), !encoding.isEmpty else { return }
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
      throw Rejection(Format.reason(of: bytes, error))
    }
  }

  /// Why the document of the last record could not be read, and where in its value; nil when it
  /// could.
  var fault: JSONFault? {
    switch stage {
    case .unread: nil
    case .document: parser.fault?.moved(by: frameBytes)
    case .encoded(let text): dataParser?.fault?.inside(textAt: parser.offset(of: text) + frameBytes)
    }
  }

  /// Where a token of the body stands in the value; where the text begins that the body is in.
  func offset(of token: Int) -> Int {
    switch stage {
    case .unread: -1
    case .document: parser.offset(of: token) + frameBytes
    case .encoded(let text): parser.offset(of: text) + frameBytes
    }
  }

  private func parseData(
    _ bytes: UnsafeRawBufferPointer
  ) throws(Rejection) -> JSONTape {
    let parser = dataParser ?? JSONParser(seed: seed)
    dataParser = parser
    var hasEvent = false
    return try parse(bytes, recordScope, parser, &hasEvent)
  }

  private var recordScope: Int16 { Int16(KeyTable.recordScope) }
}
