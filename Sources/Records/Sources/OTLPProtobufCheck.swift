// SPDX-License-Identifier: Apache-2.0

/// Reads a request of OTLP in Protobuf once from beginning to end: whether it is one, of which signal,
/// and how many items it has. What is read after that has no faults.
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
    try each(request, OTLPMessage.Request.resources) { check, resources throws(Fault) in
      try check.fields(resources) { check, field throws(Fault) in
        switch field.number {
        case OTLPMessage.Resources.resource:
          try check.keyValues(of: field.content, OTLPMessage.Resource.attributes)
        case OTLPMessage.Resources.scopes: try check.check(scopes: field.content)
        default: break
        }
      }
    }
  }

  private mutating func check(scopes: UnsafeRawBufferPointer) throws(Fault) {
    try fields(scopes) { check, field throws(Fault) in
      switch field.number {
      case OTLPMessage.Scopes.scope:
        try check.keyValues(of: field.content, OTLPMessage.Scope.attributes)
      case OTLPMessage.Scopes.items where field.wire == .bytes:
        try check.check(item: field.content)
      default: break
      }
    }
  }

  private mutating func check(item: UnsafeRawBufferPointer) throws(Fault) {
    itemCount += 1
    if isLogs == nil { isLogs = try Self.isLog(item) }
    guard isLogs == true else {
      return try fields(item) { check, field throws(Fault) in
        switch field.number {
        case OTLPMessage.Span.attributes where field.wire == .bytes:
          try check.keyValue(field.content, depth: 0)
        case OTLPMessage.Span.status where field.wire == .bytes:
          try check.fields(field.content) { (_, _) throws(Fault) in }
        default: break
        }
      }
    }
    try fields(item) { check, field throws(Fault) in
      switch field.number {
      case OTLPMessage.LogRecord.attributes where field.wire == .bytes:
        try check.keyValue(field.content, depth: 0)
      case OTLPMessage.LogRecord.body where field.wire == .bytes:
        try check.value(field.content, depth: 0)
      default: break
      }
    }
  }

  /// A span has its trace first, a metric its name, a log record its time, if it has one.
  private static func isLog(_ item: UnsafeRawBufferPointer) throws(Fault) -> Bool {
    var reader = WireReader(item)
    do {
      guard let first = try reader.next() else { return false }
      guard first.number == 1 else { return first.number != 2 || first.wire != .bytes }
      if first.wire == .fixed64 { return true }
      guard first.wire == .bytes else { throw Fault.malformed }
      if first.content.count == traceIDBytes || first.content.isEmpty { return false }
      throw Fault.metrics
    } catch let fault as Fault {
      throw fault
    } catch {
      throw .malformed
    }
  }

  private mutating func keyValues(
    of message: UnsafeRawBufferPointer, _ number: UInt64
  ) throws(Fault) {
    try each(message, number) { check, content throws(Fault) in
      try check.keyValue(content, depth: 0)
    }
  }

  private mutating func keyValue(
    _ message: UnsafeRawBufferPointer, depth: Int
  ) throws(Fault) {
    try each(message, OTLPMessage.KeyValue.value) { check, content throws(Fault) in
      try check.value(content, depth: depth + 1)
    }
  }

  private mutating func value(_ message: UnsafeRawBufferPointer, depth: Int) throws(Fault) {
    guard depth < ItemLimits.depthMax else { throw .tooDeep }
    try fields(message) { check, field throws(Fault) in
      guard field.wire == .bytes else { return }
      switch field.number {
      case OTLPMessage.AnyValue.array:
        try check.each(field.content, OTLPMessage.Values.values) { check, inner throws(Fault) in
          try check.value(inner, depth: depth + 1)
        }
      case OTLPMessage.AnyValue.list:
        try check.each(field.content, OTLPMessage.Values.values) { check, inner throws(Fault) in
          try check.keyValue(inner, depth: depth + 1)
        }
      default: break
      }
    }
  }

  /// The contents of all fields of this number that have a length.
  private mutating func each(
    _ message: UnsafeRawBufferPointer, _ number: UInt64,
    _ body: (inout OTLPProtobufCheck, UnsafeRawBufferPointer) throws(Fault) -> Void
  ) throws(Fault) {
    try fields(message) { check, field throws(Fault) in
      if field.number == number, field.wire == .bytes { try body(&check, field.content) }
    }
  }

  private mutating func fields(
    _ message: UnsafeRawBufferPointer,
    _ body: (inout OTLPProtobufCheck, WireReader.Field) throws(Fault) -> Void
  ) throws(Fault) {
    var reader = WireReader(message)
    while true {
      let field: WireReader.Field?
      do throws(WireReader.Malformed) {
        field = try reader.next()
      } catch {
        throw .malformed
      }
      guard let field else { return }
      try body(&self, field)
    }
  }
}
