// SPDX-License-Identifier: Apache-2.0

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
      let field = fields.field
      if field.number == OTLPMessage.Request.resources, field.wire == .bytes {
        try check(resources: field.content)
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
      let field = fields.field
      guard field.wire == .bytes else { continue }
      if field.number == OTLPMessage.Resources.resource {
        try check(pairsOf: field.content, OTLPMessage.Resource.attributes)
      } else if field.number == OTLPMessage.Resources.scopes {
        try check(scopes: field.content)
      }
    }
  }

  private mutating func check(scopes: UnsafeRawBufferPointer) throws(Fault) {
    var fields = WireReader(scopes)
    while try Self.next(&fields) {
      let field = fields.field
      guard field.wire == .bytes else { continue }
      if field.number == OTLPMessage.Scopes.scope {
        try check(pairsOf: field.content, OTLPMessage.Scope.attributes)
      } else if field.number == OTLPMessage.Scopes.items {
        try check(item: field.content)
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
      let field = fields.field
      guard field.wire == .bytes else { continue }
      if field.number == attributes {
        try check(pair: field.content, depth: 0)
      } else if isLog, field.number == OTLPMessage.LogRecord.body {
        try check(value: field.content, depth: 0)
      } else if !isLog, field.number == OTLPMessage.Span.status {
        var status = WireReader(field.content)
        while try Self.next(&status) {}
      }
    }
  }

  /// A span has its trace first, a metric its name, a log record its time, if it has one.
  private static func isLog(_ item: UnsafeRawBufferPointer) throws(Fault) -> Bool {
    var fields = WireReader(item)
    guard try next(&fields) else { return false }
    let first = fields.field
    guard first.number == 1 else { return first.number != 2 || first.wire != .bytes }
    if first.wire == .fixed64 { return true }
    guard first.wire == .bytes else { throw .malformed }
    if first.content.count == traceIDBytes || first.content.isEmpty { return false }
    throw .metrics
  }

  private func check(pairsOf message: UnsafeRawBufferPointer, _ number: UInt64) throws(Fault) {
    var fields = WireReader(message)
    while try Self.next(&fields) {
      let field = fields.field
      if field.number == number, field.wire == .bytes { try check(pair: field.content, depth: 0) }
    }
  }

  @inline(__always)
  private func check(pair: UnsafeRawBufferPointer, depth: Int) throws(Fault) {
    if let usual = ShortFields.pair(pair) {
      if ShortFields.text(usual.value) == nil || depth + 1 >= ItemLimits.depthMax {
        try check(value: usual.value, depth: depth + 1)
      }
      return
    }
    try check(fieldsOfPair: pair, depth: depth)
  }

  private func check(fieldsOfPair pair: UnsafeRawBufferPointer, depth: Int) throws(Fault) {
    var fields = WireReader(pair)
    while try Self.next(&fields) {
      let field = fields.field
      if field.number == OTLPMessage.KeyValue.value, field.wire == .bytes {
        try check(value: field.content, depth: depth + 1)
      }
    }
  }

  private func check(value: UnsafeRawBufferPointer, depth: Int) throws(Fault) {
    guard depth < ItemLimits.depthMax else { throw .tooDeep }
    var fields = WireReader(value)
    while try Self.next(&fields) {
      let field = fields.field
      guard field.wire == .bytes else { continue }
      let isArray = field.number == OTLPMessage.AnyValue.array
      guard isArray || field.number == OTLPMessage.AnyValue.list else { continue }
      var values = WireReader(field.content)
      while try Self.next(&values) {
        let inner = values.field
        guard inner.number == OTLPMessage.Values.values, inner.wire == .bytes else { continue }
        if isArray {
          try check(value: inner.content, depth: depth + 1)
        } else {
          try check(pair: inner.content, depth: depth + 1)
        }
      }
    }
  }
}
