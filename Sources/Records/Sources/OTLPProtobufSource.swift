// SPDX-License-Identifier: Apache-2.0
import JSON

/// Requests of OTLP in Protobuf. All of it has been checked before it is read here.
final class OTLPProtobufSource {
  let parser: JSONParser
  let scratch: Scratch
  let names: OTLPNames
  let keys: KeyMemory
  let output = TapeBuilder()
  private var content = TapeBuilder.nothing
  private var isLogs = false
  /// The fields that come next, on each level.
  private var resources = WireReader(TapeBuilder.nothing)
  private var scopes = WireReader(TapeBuilder.nothing)
  private var items = WireReader(TapeBuilder.nothing)
  /// Tokens of the output that the resource, and the resource with the scope take.
  private var resourceCount = 0
  private var scopeCount = 0
  private(set) var last: Int32 = -1

  init(parser: JSONParser, scratch: Scratch, names: OTLPNames, keys: KeyMemory) {
    (self.parser, self.scratch) = (parser, scratch)
    (self.names, self.keys) = (names, keys)
  }

  func open(_ content: UnsafeRawBufferPointer) throws(Rejection) {
    (scopes, items, last) = (
      WireReader(TapeBuilder.nothing), WireReader(TapeBuilder.nothing), -1
    )
    resources = scopes
    guard content.count <= ItemLimits.recordBytesMax else { throw Rejection(.payloadTooLarge) }
    var check = OTLPProtobufCheck()
    do throws(OTLPProtobufCheck.Fault) {
      try check.check(content)
    } catch {
      switch error {
      case .malformed: throw Rejection(.malformedProtobuf)
      case .tooDeep: throw Rejection(.tooDeep)
      case .metrics: throw Rejection(.otlpMetricsPayload)
      }
    }
    guard check.itemCount <= ItemLimits.itemsMax else { throw Rejection(.tooManyItems) }
    self.content = content
    isLogs = check.isLogs == true
    resources = WireReader(content)
  }

  func next() throws(Rejection) -> RecordSource.Item? {
    do throws(WireReader.Malformed) {
      while true {
        if let item = try Self.next(&items, OTLPMessage.Scopes.items) {
          last += 1
          try write(item)
          return RecordSource.Item(tape: output.tape, root: 0)
        }
        if let scope = try Self.nextScope(&scopes) {
          try beginScope(scope)
          continue
        }
        guard let resource = try Self.next(&resources, OTLPMessage.Request.resources) else {
          return nil
        }
        try beginResource(resource)
      }
    } catch {
      throw Rejection(.malformedProtobuf)
    }
  }

  func offset(of token: Int) -> Int { output.origin(of: token) }

  /// The content of the next field of this number.
  static func next(
    _ reader: inout WireReader, _ number: UInt64
  ) throws(WireReader.Malformed) -> UnsafeRawBufferPointer? {
    while try reader.next() {
      if reader.number == number, reader.wire == .bytes { return reader.content }
    }
    return nil
  }

  private static func nextScope(
    _ reader: inout WireReader
  ) throws(WireReader.Malformed) -> UnsafeRawBufferPointer? {
    while try reader.next() {
      let isScope =
        reader.number == OTLPMessage.Resources.scopes
        || reader.number == OTLPMessage.Resources.libraries
      if isScope, reader.wire == .bytes { return reader.content }
    }
    return nil
  }

  private func beginResource(
    _ resource: UnsafeRawBufferPointer
  ) throws(WireReader.Malformed) {
    output.removeAll()
    keys.begin(.other)
    _ = output.begin(.object, origin: place(of: resource))
    var reader = WireReader(resource)
    if let message = try Self.next(&reader, OTLPMessage.Resources.resource) {
      try member(names.resource) { source throws(WireReader.Malformed) in
        let object = source.output.begin(.object, origin: source.place(of: message))
        try source.addAttributes(of: message, OTLPMessage.Resource.attributes)
        source.output.end(object)
      }
    }
    resourceCount = output.count
    scopes = WireReader(resource)
  }

  private func beginScope(_ scope: UnsafeRawBufferPointer) throws(WireReader.Malformed) {
    output.cut(to: resourceCount, depth: 1)
    keys.begin(.other)
    var reader = WireReader(scope)
    if let message = try Self.next(&reader, OTLPMessage.Scopes.scope) {
      try member(names.scope) { source throws(WireReader.Malformed) in
        let object = source.output.begin(.object, origin: source.place(of: message))
        try source.addAnyAttributes(of: message, OTLPMessage.Scope.attributes)
        var fields = WireReader(message)
        while try fields.next() {
          switch fields.number {
          case OTLPMessage.Scope.name: source.add(names.name, text: fields)
          case OTLPMessage.Scope.version: source.add(names.version, text: fields)
          default: continue
          }
        }
        source.output.end(object)
      }
    }
    scopeCount = output.count
    keys.share(output)
    items = WireReader(scope)
  }

  private func write(_ item: UnsafeRawBufferPointer) throws(WireReader.Malformed) {
    try writeFields(of: item)
    output.end(0)
    keys.note(item: output)
  }

  /// All fields of an item in their order, in which its attributes nearly always stand together;
  /// if they do not (`isApart`), they are collected first.
  private func writeFields(
    of item: UnsafeRawBufferPointer, isApart: Bool = false
  ) throws(WireReader.Malformed) {
    output.cut(to: scopeCount, depth: 1)
    keys.beginItem()
    add(names.signal, isLogs ? names.log : names.span, origin: -1)
    let number = isLogs ? OTLPMessage.LogRecord.attributes : OTLPMessage.Span.attributes
    if isApart { try addAttributes(of: item, number) }
    var hasAttributes = isApart
    var fields = WireReader(item)
    var isThere = try fields.next()
    while isThere {
      if fields.number != number || fields.wire != .bytes {
        if isLogs { try writeLog(field: fields) } else { try writeSpan(field: fields) }
        isThere = try fields.next()
      } else if isApart {
        isThere = try fields.next()
      } else if hasAttributes {
        return try writeFields(of: item, isApart: true)
      } else {
        hasAttributes = true
        isThere = try addAttributes(from: &fields, of: item)
      }
    }
    if !hasAttributes { try addAttributes(of: item, number) }
  }

  @inline(__always)
  private func writeSpan(field: borrowing WireReader) throws(WireReader.Malformed) {
    switch field.number {
    case OTLPMessage.Span.traceID: add(names.traceID, id: field)
    case OTLPMessage.Span.spanID: add(names.spanID, id: field)
    case OTLPMessage.Span.parentSpanID: add(names.parentSpanID, id: field)
    case OTLPMessage.Span.name: add(names.name, text: field)
    case OTLPMessage.Span.kind: add(names.kind, number: field)
    case OTLPMessage.Span.start: add(names.start, number: field)
    case OTLPMessage.Span.end: add(names.end, number: field)
    case OTLPMessage.Span.status where field.wire == .bytes: try writeStatus(field.content)
    default: break
    }
  }

  private func writeStatus(_ status: UnsafeRawBufferPointer) throws(WireReader.Malformed) {
    let position = output.count
    output.add(names.status, origin: -1)
    let object = output.begin(.object, origin: place(of: status))
    let before = keys.begin(.other)
    var fields = WireReader(status)
    while try fields.next() {
      switch fields.number {
      case OTLPMessage.Status.message: add(names.message, text: fields)
      case OTLPMessage.Status.code: add(names.code, number: fields)
      default: continue
      }
    }
    keys.resume(before)
    output.end(object)
    output.endKey(position)
    keys.note(position, output)
  }

  private func writeLog(field: borrowing WireReader) throws(WireReader.Malformed) {
    switch field.number {
    case OTLPMessage.LogRecord.traceID: add(names.traceID, id: field)
    case OTLPMessage.LogRecord.spanID: add(names.spanID, id: field)
    case OTLPMessage.LogRecord.time: add(names.time, number: field)
    case OTLPMessage.LogRecord.observed: add(names.observed, number: field)
    case OTLPMessage.LogRecord.severityNumber: add(names.severityNumber, number: field)
    case OTLPMessage.LogRecord.severityText: add(names.severityText, text: field)
    case OTLPMessage.LogRecord.eventName: add(names.eventName, text: field)
    case OTLPMessage.LogRecord.body where field.wire == .bytes:
      let body = output.count
      output.add(names.body, origin: -1)
      try addValue(field.content)
      output.endKey(body)
      keys.note(body, output)
    default: break
    }
  }

  /// One member of the object that is open.
  func member(
    _ name: JSONToken, _ body: (OTLPProtobufSource) throws(WireReader.Malformed) -> Void
  ) throws(WireReader.Malformed) {
    let position = output.count
    output.add(name, origin: -1)
    try body(self)
    output.endKey(position)
  }

  private func add(_ name: JSONToken, _ value: JSONToken, origin: Int) {
    let position = output.count
    let known = keys.key(name.bytes)
    output.add(known ?? name, origin: origin)
    output.add(value, origin: origin)
    output.endKey(position)
    keys.note(position, isKnown: known != nil, output)
  }

  private func add(_ name: JSONToken, text field: borrowing WireReader) {
    guard field.wire == .bytes else { return }
    add(name, .text(field.content), origin: place(of: field.content))
  }

  /// Zeros are no id (OTLP).
  private func add(_ name: JSONToken, id field: borrowing WireReader) {
    guard field.wire == .bytes, field.content.contains(where: { $0 != 0 }) else { return }
    let text = scratch.hexadecimal(field.content)
    add(name, JSONToken(.string, text), origin: place(of: field.content))
  }

  /// 0 is what a field has that is not there.
  private func add(_ name: JSONToken, number field: borrowing WireReader) {
    guard field.wire != .bytes, field.value != 0 else { return }
    add(name, JSONToken(.number, scratch.decimal(field.value)), origin: -1)
  }

  /// Where bytes of the content stand in it.
  func place(of bytes: UnsafeRawBufferPointer) -> Int {
    guard let base = content.baseAddress, let start = bytes.baseAddress else { return -1 }
    return start - base
  }
}
