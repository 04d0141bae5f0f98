// SPDX-License-Identifier: Apache-2.0
import CRdKafka
import Foundation

/// One record, owned: freed when the value goes out of scope.
///
/// Payload, key and headers point into a whole fetched batch, which stays in memory as long as any of
/// its messages: copy what is needed and let go. Must be gone before its consumer is closed. A
/// payload or key of nil is a null, which is not the same as an empty one.
package struct Message: ~Copyable {
  private let raw: UnsafeMutablePointer<rd_kafka_message_t>
  /// Position of the topic in the list that was subscribed to.
  package let topicIndex: Int

  init(_ raw: UnsafeMutablePointer<rd_kafka_message_t>, topicIndex: Int) {
    self.raw = raw
    self.topicIndex = topicIndex
  }

  deinit { rd_kafka_message_destroy(raw) }

  package var partition: Int32 { raw.pointee.partition }

  package var offset: Int64 { raw.pointee.offset }

  /// Milliseconds since 1970, or -1 when the record has none.
  package var timestampMilliseconds: Int64 { rd_kafka_message_timestamp(raw, nil) }

  package var payload: UnsafeRawBufferPointer? {
    raw.pointee.payload.map { UnsafeRawBufferPointer(start: $0, count: raw.pointee.len) }
  }

  package var key: UnsafeRawBufferPointer? {
    raw.pointee.key.map { UnsafeRawBufferPointer(start: $0, count: raw.pointee.key_len) }
  }

  /// Calls `body` with name and value of every header in their order; a value of nil is a null.
  ///
  /// Returns false when the header bytes cannot be read (none is passed on then): refuse the record.
  @discardableResult
  package func forEachHeader(
    _ body: (_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer?) -> Void
  ) -> Bool {
    var headers: OpaquePointer?
    let result = rd_kafka_message_headers(raw, &headers)
    guard result == RD_KAFKA_RESP_ERR_NO_ERROR else {
      return result == RD_KAFKA_RESP_ERR__NOENT
    }
    var index = 0
    var name: UnsafePointer<CChar>?
    var value: UnsafeRawPointer?
    var count = 0
    while rd_kafka_header_get_all(headers, index, &name, &value, &count)
      == RD_KAFKA_RESP_ERR_NO_ERROR
    {
      if let name {
        body(
          UnsafeRawBufferPointer(start: name, count: strlen(name)),
          value.map { UnsafeRawBufferPointer(start: $0, count: count) })
      }
      index += 1
    }
    return true
  }
}
