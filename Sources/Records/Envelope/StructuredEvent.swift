// SPDX-License-Identifier: Apache-2.0
import JSON

/// The attributes and the data of a CloudEvent in JSON format.
struct StructuredEvent {
  /// But for `data`.
  static let attributes = [
    "specversion", "id", "source", "type", "time", "traceparent", "datacontenttype", "data_base64",
  ]

  private(set) var headers: EnvelopeHeaders
  /// `datacontenttype`.
  private(set) var contentType: UnsafeRawBufferPointer?
  /// The token of `data`.
  private(set) var data: Int?
  /// The token of `data_base64`.
  private(set) var base64: Int?

  /// Reads the top level of an object; `transport` gives the headers that are no attributes.
  init(_ tape: JSONTape, _ transport: EnvelopeHeaders) throws(Rejection) {
    headers = transport
    headers.dropEvent()
    var index = 1
    while index < tape.count {
      let key = tape[index]
      let value = tape[index + 1]
      try checkCase(key.bytes)
      if value.kind != .null { try note(key.bytes, value, index + 1) }
      index = key.next
    }
  }

  /// Names are in lower case: of two that differ by it, each reader would take another.
  private func checkCase(_ name: UnsafeRawBufferPointer) throws(Rejection) {
    guard name.contains(where: { $0 &- UInt8(ascii: "A") < 26 }) else { return }
    let isKnown =
      equals(name, "data") || equals(name, "data_base64") || equals(name, "datacontenttype")
      || EnvelopeHeaders.slot(ofAttribute: name) != nil
    if isKnown { throw Rejection(.badEnvelope) }
  }

  private mutating func note(
    _ name: UnsafeRawBufferPointer, _ value: JSONToken, _ index: Int
  ) throws(Rejection) {
    if equals(name, "data") {
      data = index
    } else if equals(name, "data_base64") {
      guard value.kind == .string else { throw Rejection(.badEnvelope) }
      base64 = index
    } else if equals(name, "datacontenttype") {
      guard value.kind == .string else { throw Rejection(.badEnvelope) }
      contentType = value.bytes
    } else if let slot = EnvelopeHeaders.slot(ofAttribute: name) {
      guard value.kind == .string else { throw Rejection(.badEnvelope) }
      headers[slot] = value.bytes
    }
  }
}
