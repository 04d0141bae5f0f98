// SPDX-License-Identifier: Apache-2.0

/// What Kafka hands over for one record; everything borrowed from the message.
package struct RawRecord {
  /// Nil for a tombstone.
  package let payload: UnsafeRawBufferPointer?
  package let key: UnsafeRawBufferPointer?
  package let keyMeaning: KeyMeaning
  package let headers: EnvelopeHeaders

  package init(
    payload: UnsafeRawBufferPointer?, key: UnsafeRawBufferPointer? = nil,
    keyMeaning: KeyMeaning = .compare, headers: EnvelopeHeaders = EnvelopeHeaders()
  ) {
    self.payload = payload
    self.key = key
    self.keyMeaning = keyMeaning
    self.headers = headers
  }

  /// The same with another value.
  func with(payload: UnsafeRawBufferPointer) -> RawRecord {
    RawRecord(payload: payload, key: key, keyMeaning: keyMeaning, headers: headers)
  }
}
