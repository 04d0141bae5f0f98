// SPDX-License-Identifier: Apache-2.0
import JSON

/// The attributes and the data of a CloudEvent in JSON format.
struct StructuredEvent {
  private(set) var headers: EnvelopeHeaders
  /// `datacontenttype`.
  private(set) var contentType: UnsafeRawBufferPointer?
  /// The token of `data`.
  private(set) var data: Int?
  private(set) var base64: UnsafeRawBufferPointer?

  /// Reads the top level of an object; `transport` gives the headers that are no attributes.
  init(_ tape: JSONTape, _ transport: EnvelopeHeaders) throws(Rejection) {
    headers = transport
    headers.dropEvent()
    var index = 1
    while index < tape.count {
      let key = tape[index]
      let value = tape[index + 1]
      if value.kind != .null { try take(key.bytes, value, index + 1) }
      index = key.next
    }
  }

  private mutating func take(
    _ name: UnsafeRawBufferPointer, _ value: JSONToken, _ index: Int
  ) throws(Rejection) {
    if equals(name, "data") {
      data = index
    } else if equals(name, "data_base64") {
      guard value.kind == .string else { throw Rejection(.badEnvelope) }
      base64 = value.bytes
    } else if equals(name, "datacontenttype") {
      guard value.kind == .string else { throw Rejection(.badEnvelope) }
      contentType = value.bytes
    } else if let slot = EnvelopeHeaders.slot(ofAttribute: name) {
      guard value.kind == .string else { throw Rejection(.badEnvelope) }
      headers[slot] = value.bytes
    }
  }
}
