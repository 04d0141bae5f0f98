// SPDX-License-Identifier: Apache-2.0
import JSON

/// Collects generated invocations to requests of OTLP, as the Kafka exporter of a collector sends
/// them.
package struct SpanBatch {
  package enum Encoding: String, CaseIterable, Sendable {
    case json = "otlp_json"
    case protobuf = "otlp_proto"
  }

  private let encoding: Encoding
  private let sizes: ClosedRange<Int>
  private let parser = JSONParser()
  private var random: SeededRandom
  private var size: Int
  private var spans: [GeneratedSpan] = []

  /// Requests of so many spans each, drawn anew for each.
  package init(_ encoding: Encoding, sizes: ClosedRange<Int>, seed: UInt64 = 1) {
    self.encoding = encoding
    self.sizes = sizes
    random = SeededRandom(seed: seed)
    size = sizes.upperBound
    draw()
  }

  private mutating func draw() { size = sizes.lowerBound + random.below(sizes.count) }

  package var isFull: Bool { spans.count >= size }
  package var isEmpty: Bool { spans.isEmpty }

  /// Adds an invocation in plain JSON; false if it is none.
  package mutating func add(_ payload: [UInt8]) -> Bool {
    guard let span = GeneratedSpan(payload, parser) else { return false }
    spans.append(span)
    return true
  }

  /// The request with all of them, which are forgotten.
  package mutating func take() -> [UInt8] {
    defer {
      spans.removeAll(keepingCapacity: true)
      draw()
    }
    switch encoding {
    case .json: return json()
    case .protobuf: return protobuf()
    }
  }

  private static let service = Array("gateway".utf8)
  private static let scope = Array("daybook.generator".utf8)

  // MARK: JSON

  private func json() -> [UInt8] {
    var writer = PayloadWriter()
    writer.raw("{\"resourceSpans\":[{\"resource\":{\"attributes\":[{\"key\":\"service.name\",")
    writer.raw("\"value\":{\"stringValue\":")
    writer.string(Self.service)
    writer.raw("}}]},\"scopeSpans\":[{\"scope\":{\"name\":")
    writer.string(Self.scope)
    writer.raw("},\"spans\":[")
    for (index, span) in spans.enumerated() {
      if index > 0 { writer.raw(",") }
      write(span, to: &writer)
    }
    writer.raw("]}]}]}")
    return writer.bytes
  }

  private func write(_ span: GeneratedSpan, to writer: inout PayloadWriter) {
    writer.raw("{\"traceId\":\"")
    for byte in span.traceID { writer.hex(UInt64(byte), count: 2) }
    writer.raw("\",\"spanId\":\"")
    for byte in span.spanID { writer.hex(UInt64(byte), count: 2) }
    writer.raw("\",\"name\":")
    writer.string(span.name)
    writer.raw(",\"kind\":3,\"startTimeUnixNano\":\"")
    writer.integer(span.startNanoseconds)
    writer.raw("\",\"endTimeUnixNano\":\"")
    writer.integer(span.endNanoseconds)
    writer.raw("\",\"attributes\":[")
    for (index, attribute) in span.attributes.enumerated() {
      writer.raw(index > 0 ? ",{\"key\":\"" : "{\"key\":\"")
      writer.raw(attribute.name)
      writer.raw("\",\"value\":{")
      write(attribute.value, to: &writer)
      writer.raw("}}")
    }
    writer.raw("],\"status\":{")
    if span.hasFailed { writer.raw("\"code\":2") }
    writer.raw("}}")
  }

  private func write(_ value: GeneratedSpan.Value, to writer: inout PayloadWriter) {
    switch value {
    case .text(let text):
      writer.raw("\"stringValue\":")
      writer.string(text)
    case .integer(let number):
      writer.raw("\"intValue\":\"")
      writer.integer(number)
      writer.raw("\"")
    case .decimal(let text):
      writer.raw("\"doubleValue\":")
      writer.raw(text)
    case .boolean(let flag): writer.raw(flag ? "\"boolValue\":true" : "\"boolValue\":false")
    case .texts(let texts):
      writer.raw("\"arrayValue\":{\"values\":[")
      for (index, text) in texts.enumerated() {
        writer.raw(index > 0 ? ",{\"stringValue\":" : "{\"stringValue\":")
        writer.string(text)
        writer.raw("}")
      }
      writer.raw("]}")
    }
  }

  // MARK: Protobuf

  private func protobuf() -> [UInt8] {
    var service = WireWriter()
    service.pair("service.name", .text(Self.service))
    var resource = WireWriter()
    resource.bytes(1, service.bytes)
    var scopeName = WireWriter()
    scopeName.bytes(1, Self.scope)
    var scope = WireWriter()
    scope.bytes(1, scopeName.bytes)
    for span in spans {
      var message = WireWriter()
      message.bytes(1, span.traceID)
      message.bytes(2, span.spanID)
      message.bytes(5, span.name)
      message.varint(6, 3)
      message.fixed64(7, UInt64(span.startNanoseconds))
      message.fixed64(8, UInt64(span.endNanoseconds))
      for attribute in span.attributes {
        var pair = WireWriter()
        pair.pair(attribute.name, attribute.value)
        message.bytes(9, pair.bytes)
      }
      var status = WireWriter()
      if span.hasFailed { status.varint(3, 2) }
      message.bytes(15, status.bytes)
      scope.bytes(2, message.bytes)
    }
    var resources = WireWriter()
    resources.bytes(1, resource.bytes)
    resources.bytes(2, scope.bytes)
    var request = WireWriter()
    request.bytes(1, resources.bytes)
    return request.bytes
  }
}

/// Writes Protobuf's wire format.
private struct WireWriter {
  private(set) var bytes: [UInt8] = []

  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  mutating func varint(_ number: UInt64, _ value: UInt64) {
    varint(number << 3)
    varint(value)
  }

  mutating func fixed64(_ number: UInt64, _ value: UInt64) {
    varint(number << 3 | 1)
    for shift in stride(from: UInt64(0), to: 64, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: value >> shift))
    }
  }

  mutating func bytes(_ number: UInt64, _ content: [UInt8]) {
    varint(number << 3 | 2)
    varint(UInt64(content.count))
    bytes += content
  }

  mutating func pair(_ name: StaticString, _ value: GeneratedSpan.Value) {
    bytes(1, unsafe Array(UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)))
    bytes(2, Self.any(value))
  }

  private static func any(_ value: GeneratedSpan.Value) -> [UInt8] {
    var writer = WireWriter()
    switch value {
    case .text(let text): writer.bytes(1, text)
    case .boolean(let flag): writer.varint(2, flag ? 1 : 0)
    case .integer(let number): writer.varint(3, UInt64(bitPattern: number))
    case .decimal(let text):
      writer.fixed64(4, (Double(String(decoding: text, as: UTF8.self)) ?? 0).bitPattern)
    case .texts(let texts):
      var array = WireWriter()
      for text in texts { array.bytes(1, any(.text(text))) }
      writer.bytes(5, array.bytes)
    }
    return writer.bytes
  }
}
