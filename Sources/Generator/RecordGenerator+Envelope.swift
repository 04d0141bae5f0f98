// SPDX-License-Identifier: Apache-2.0

extension RecordGenerator {
  /// The schema id that Confluent's serializers would have been given by the registry.
  private static let schemaID: [UInt8] = [0, 0, 0, 0, 42]

  /// Wraps `body` into `writer` and `headers`.
  mutating func wrap(_ format: WireFormat) {
    writer.removeAll()
    headers.removeAll(keepingCapacity: true)
    switch format {
    case .plain:
      if random.chance(0.7) { header("content-type", "application/json") }
      writer.raw(body.bytes)
    case .confluent:
      writer.raw(Self.schemaID)
      writer.raw(body.bytes)
    case .cloudEventBinary:
      header("content-type", "application/json; charset=utf-8")
      header("ce_specversion", "1.0")
      headers.append(("ce_id", text { $0.uuid(facts.id) }))
      header("ce_source", stream == .invocations ? "/gateway" : "/platform/auth")
      header("ce_type", eventType)
      headers.append(
        ("ce_time", text { calendar.write(facts.occurredAt, isLocal: false, to: &$0) }))
      writer.raw(body.bytes)
    case .cloudEventStructured:
      header("content-type", "application/cloudevents+json; charset=UTF-8")
      writer.raw("{\"specversion\":\"1.0\",\"id\":\"")
      writer.uuid(facts.id)
      writer.raw("\",\"source\":\"/platform\",\"type\":\"")
      writer.raw(eventType)
      writer.raw("\",\"time\":\"")
      calendar.write(facts.occurredAt, isLocal: false, to: &writer)
      writer.raw("\",\"datacontenttype\":\"application/json\",\"data\":")
      writer.raw(body.bytes)
      writer.raw("}")
    }
    if random.chance(0.5) { headers.append(("traceparent", traceparent())) }
  }

  private var eventType: StaticString {
    stream == .invocations ? "com.example.llm.invocation" : "com.example.audit.event"
  }

  mutating func header(_ name: StaticString, _ value: StaticString) {
    headers.append((name, text { $0.raw(value) }))
  }

  private mutating func traceparent() -> [UInt8] {
    let high = random.next() | 1
    let low = random.next()
    let span = random.next() | 1
    return text {
      $0.raw("00-")
      $0.hex(high, count: 16)
      $0.hex(low, count: 16)
      $0.raw("-")
      $0.hex(span, count: 16)
      $0.raw("-01")
    }
  }

  private func text(_ write: (inout PayloadWriter) -> Void) -> [UInt8] {
    var writer = PayloadWriter()
    write(&writer)
    return writer.bytes
  }
}
