// SPDX-License-Identifier: Apache-2.0
import JSON

/// The events of a batch of CloudEvents (`application/cloudevents-batch+json`), each of which is
/// then read as a structured event.
///
/// https://github.com/cloudevents/spec/blob/main/cloudevents/formats/json-format.md, section 4
final class EventBatch {
  private let parser: JSONParser
  private var tape: JSONTape?
  private var record: RawRecord?
  private var next = 0
  /// The number of the event that was given out last.
  private(set) var last: Int32 = -1
  /// Where it begins in the value of the record, in bytes.
  private(set) var start = 0
  private var frameBytes = 0

  private static let eventType: StaticString = "application/cloudevents+json"

  init(seed: UInt64) {
    parser = JSONParser(seed: seed, isLenient: true)
  }

  /// Whether the value of a record may be a batch.
  static func mayBe(_ record: RawRecord) -> Bool {
    guard let value = record.payload, let first = value.first else { return false }
    // Nearly all records.
    if first == UInt8(ascii: "{") { return false }
    guard let content = try? SchemaFrame.stripAny(value) else { return false }
    return content.first { $0 > 0x20 } == UInt8(ascii: "[")
  }

  /// False if it is none: the reader of records says what it is. A batch that cannot be read is
  /// refused.
  func open(_ record: RawRecord) throws(Rejection) -> Bool {
    guard let value = record.payload else { return false }
    let content = try SchemaFrame.stripAny(value)
    frameBytes = value.count - content.count
    let isDeclared = MediaType(record.headers[.contentType]) == .eventBatch
    do throws(JSONError) {
      tape = try parser.parse(content)
    } catch {
      guard isDeclared else { return false }
      throw Rejection(
        Reason(error), offset: parser.fault.map { $0.offset + frameBytes } ?? -1)
    }
    guard let tape, tape[0].kind == .array,
      isDeclared || Format.reason(ofArray: tape) == .cloudEventsBatch
    else { return false }
    try Unwrapper.checkEncoding(record.headers)
    try checkCount(tape)
    var headers = record.headers
    headers.dropEvent()
    headers[.contentType] = UnsafeRawBufferPointer(
      start: Self.eventType.utf8Start, count: Self.eventType.utf8CodeUnitCount)
    self.record = RawRecord(
      payload: nil, key: record.key, keyMeaning: record.keyMeaning, headers: headers)
    (next, last, start) = (1, -1, 0)
    return true
  }

  private func checkCount(_ tape: JSONTape) throws(Rejection) {
    var (count, index) = (0, 1)
    while index < tape[0].next {
      count += 1
      index = tape[index].next
    }
    guard count <= ItemLimits.itemsMax else { throw Rejection(.tooManyItems) }
  }

  /// The next event as a record of its own; nil at the end.
  func nextEvent() -> RawRecord? {
    guard let tape, let record, next < tape[0].next else { return nil }
    let token = next
    next = tape[token].next
    last += 1
    start = parser.offset(of: token) + frameBytes
    return record.with(payload: tape[token].bytes)
  }
}
