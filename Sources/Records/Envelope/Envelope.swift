// SPDX-License-Identifier: Apache-2.0

/// What came with a record beside its body, checked and borrowed.
struct Envelope {
  /// The record's key, unless it is empty or says nothing.
  let key: UnsafeRawBufferPointer?
  /// Whether the key may stand for the tenant.
  let keyIsTenant: Bool
  /// Attributes of a CloudEvent, binary or structured; none for a plain record.
  let headers: EnvelopeHeaders
  var trace: TraceParent?

  /// `headers` are those of the record or of the event inside it.
  init(_ record: RawRecord, headers: EnvelopeHeaders) {
    let saysNothing = record.keyMeaning == .ignore || record.key?.isEmpty == true
    key = saysNothing ? nil : record.key
    keyIsTenant = record.keyMeaning == .tenant
    self.headers = headers
    // The event's own context is closer to the record than that of the transport.
    trace = (headers[.eventTraceparent] ?? headers[.traceparent]).flatMap { TraceParent($0) }
  }
}
