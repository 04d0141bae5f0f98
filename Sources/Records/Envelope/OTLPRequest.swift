// SPDX-License-Identifier: Apache-2.0

/// Recognises the export requests of OTLP in Protobuf: a list of resources, in each a list of
/// scopes, in each a list of spans, log records or metrics.
enum OTLPRequest {
  /// `ResourceSpans`, `scope_spans` and `spans`, and those of the other signals.
  private static let resources: UInt64 = 1
  private static let scopes: UInt64 = 2
  private static let items: UInt64 = 2
  private static let traceIDBytes = 16

  static func signal(of bytes: UnsafeRawBufferPointer) -> Format? {
    guard bytes.first == ProtobufFields.firstTag, let resource = list(resources, of: bytes),
      let scope = list(scopes, of: resource), let item = list(items, of: scope)
    else { return nil }
    var fields = ProtobufFields(item)
    guard let first = fields.next() else { return nil }
    switch (first.number, first.wire) {
    case (1, .bytes): return isTraceID(first.content, fields) ? .otlpSpans : .otlpMetrics
    // The time, the severity as number and as text, the body, the attributes, the time of
    // observation.
    case (1, .fixed64), (2, .varint), (3, .bytes), (5, .bytes), (6, .bytes), (11, .fixed64):
      return .otlpLogs
    default: return nil
    }
  }

  /// The first element of a list; nil when another field than those of such a message is before it.
  private static func list(
    _ number: UInt64, of message: UnsafeRawBufferPointer
  ) -> UnsafeRawBufferPointer? {
    for field in ProtobufFields(message) {
      guard field.wire == .bytes, 1...3 ~= field.number else { return nil }
      if field.number == number { return field.content }
    }
    return nil
  }

  /// Where a metric has its name, which may be as long; it has no numbers behind it.
  private static func isTraceID(
    _ bytes: UnsafeRawBufferPointer, _ others: ProtobufFields
  ) -> Bool {
    guard bytes.count == traceIDBytes else { return false }
    return others.contains { $0.wire != .bytes } || bytes.contains { $0 < 0x20 || $0 > 0x7e }
  }
}
