// SPDX-License-Identifier: Apache-2.0

/// What came with a record beside its body, checked and borrowed.
struct Envelope {
  /// The record's key, unless it is empty.
  let key: UnsafeRawBufferPointer?
  /// Attributes of a CloudEvent, binary or structured; none for a plain record.
  let headers: EnvelopeHeaders
  var trace: TraceParent?

  init(key: UnsafeRawBufferPointer?, headers: EnvelopeHeaders) {
    if let key, !key.isEmpty { self.key = key } else { self.key = nil }
    self.headers = headers
    // The event's own context is closer to the record than that of the transport.
    trace = (headers[.eventTraceparent] ?? headers[.traceparent]).flatMap { TraceParent($0) }
  }
}
