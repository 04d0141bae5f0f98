// SPDX-License-Identifier: Apache-2.0
import JSON

/// Reads a request of OTLP in Protobuf once from beginning to end: whether it is one, of which
/// signal, and how many items it has. What is read after that has no faults.
struct OTLPProtobufCheck {
  private(set) var itemCount = 0
  /// Nil as long as there is no item.
  private(set) var isLogs: Bool?

  enum Fault: Error {
    case malformed
    case tooDeep
    case metrics
  }

  private static let traceIDBytes = 16

  mutating func check(_ request: UnsafeRawBufferPointer) throws(Fault) {
    var fields = WireReader(request)
    while try Self.next(&fields) {
      if fields.number == OTLPMessage.Request.resources, fields.wire == .bytes {
        try check(resources: fields.content)
      }
    }
  }

  @inline(__always)
  private static func next(_ reader: inout WireReader) throws(Fault) -> Bool {
    do throws(WireReader.Malformed) {
      return try reader.next()
    } catch {
      throw .malformed
    }
  }

  private mutating func check(resources: UnsafeRawBufferPointer) throws(Fault) {
    var fields = WireReader(resources)
    while try Self.next(&fields) {
      guard fields.wire == .bytes else { continue }
      if fields.number == OTLPMessage.Resources.resource {
        try check(pairsOf: fields.content, OTLPMessage.Resource.attributes)
      } else if fields.number == OTLPMessage.Resources.scopes
        || fields.number == OTLPMessage.Resources.libraries
      {
        try check(scopes: fields.content)
      }
    }
  }

  private mutating func check(scopes: UnsafeRawBufferPointer) throws(Fault) {
    var fields = WireReader(scopes)
    while try Self.next(&fields) {
      guard fields.wire == .bytes else { continue }
      if fields.number == OTLPMessage.Scopes.scope {
        try check(pairsOf: fields.content, OTLPMessage.Scope.attributes)
      } else if fields.number == OTLPMessage.Scopes.items {
        try check(item: fields.content)
      }
    }
  }

  private mutating func check(item: UnsafeRawBufferPointer) throws(Fault) {
    itemCount += 1
    let isLog: Bool
    if let isLogs {
      isLog = isLogs
    } else {
      isLog = try Self.isLog(item)
      isLogs = isLog
    }
    let attributes = isLog ? OTLPMessage.LogRecord.attributes : OTLPMessage.Span.attributes
    var fields = WireReader(item)
    while try Self.next(&fields) {
      guard fields.wire == .bytes else { continue }
      if fields.number == attributes {
        try check(pair: fields.content, depth: 0)
      } else if isLog, fields.number == OTLPMessage.LogRecord.body {
        try check(value: fields.content, depth: 0)
      } else if !isLog, fields.number == OTLPMessage.Span.status {
        var status = WireReader(fields.content)
        while try Self.next(&status) {}
      }
    }
  }

  /// A span has its trace first, a metric its name, which may be as long as a trace, a log record
  /// its time, if it has one.
  private static func isLog(_ item: UnsafeRawBufferPointer) throws(Fault) -> Bool {
    var fields = WireReader(item)
    guard try next(&fields) else { return false }
    guard fields.number == 1 else { return fields.number != 2 || fields.wire != .bytes }
    if fields.wire == .fixed64 { return true }
    guard fields.wire == .bytes else { throw .malformed }
    if fields.content.isEmpty { return false }
    guard fields.content.count == traceIDBytes, try isTrace(fields.content, fields) else {
      throw .metrics
    }
    return false
  }

  /// Whether it is the trace of a span, and no name of a metric: all else of a metric are texts and
  /// messages, too, and a span has its times. One without is told by its bytes.
  private static func isTrace(
    _ id: UnsafeRawBufferPointer, _ others: WireReader
  ) throws(Fault) -> Bool {
    var others = others
    while try next(&others) {
      if others.wire != .bytes { return true }
    }
    return !JSONParser.isUTF8(id) || id.contains { $0 < 0x20 }
  }

  private func check(pairsOf message: UnsafeRawBufferPointer, _ number: UInt64) throws(Fault) {
    var fields = WireReader(message)
    while try Self.next(&fields) {
      if fields.number == number, fields.wire == .bytes {
        try check(pair: fields.content, depth: 0)
      }
    }
  }

  @inline(__always)
  private func check(pair: UnsafeRawBufferPointer, depth: Int) throws(Fault) {
    if let usual = ShortFields.pair(pair) {
      let isScalar = ShortFields.text(usual.value) != nil || ShortFields.scalar(usual.value) != nil
      if !isScalar || depth + 1 >= ItemLimits.depthMax {
        try check(value: usual.value, depth: depth + 1)
      }
      return
    }
    try check(fieldsOfPair: pair, depth: depth)
  }

  private func check(fieldsOfPair pair: UnsafeRawBufferPointer, depth: Int) throws(Fault) {
    var fields = WireReader(pair)
    while try Self.next(&fields) {
      if fields.number == OTLPMessage.KeyValue.value, fields.wire == .bytes {
        try check(value: fields.content, depth: depth + 1)
      }
    }
  }

  private func check(value: UnsafeRawBufferPointer, depth: Int) throws(Fault) {
    guard depth < ItemLimits.depthMax else { throw .tooDeep }
    var fields = WireReader(value)
    while try Self.next(&fields) {
      guard fields.wire == .bytes else { continue }
      let isArray = fields.number == OTLPMessage.AnyValue.array
      guard isArray || fields.number == OTLPMessage.AnyValue.list else { continue }
      var values = WireReader(fields.content)
      while try Self.next(&values) {
        guard values.number == OTLPMessage.Values.values, values.wire == .bytes else { continue }
        if isArray {
          try check(value: values.content, depth: depth + 1)
        } else {
          try check(pair: values.content, depth: depth + 1)
        }
      }
    }
  }
}
