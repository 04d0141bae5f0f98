// SPDX-License-Identifier: Apache-2.0
import CRdKafka
import Foundation

/// Owns a `rd_kafka_message_t`: a record, or an event about a partition or the client.
@safe struct MessageHandle: ~Copyable {
  private let raw: UnsafeMutablePointer<rd_kafka_message_t>

  init(consuming raw: UnsafeMutablePointer<rd_kafka_message_t>) { unsafe self.raw = raw }

  deinit { unsafe rd_kafka_message_destroy(raw) }

  var code: rd_kafka_resp_err_t { unsafe raw.pointee.err }
  var partition: Int32 { unsafe raw.pointee.partition }
  var offset: Int64 { unsafe raw.pointee.offset }
  var timestampMilliseconds: Int64 { unsafe rd_kafka_message_timestamp(raw, nil) }
  var brokerID: Int32 { unsafe rd_kafka_message_broker_id(raw) }

  /// Of an event, whose text librdkafka puts into the payload.
  var errorText: String { unsafe String(cString: rd_kafka_message_errstr(raw)) }

  /// The same for all messages of a topic while one of its partitions is assigned; nil for an event
  /// about the client.
  var topicAddress: UInt? { unsafe raw.pointee.rkt.map { UInt(bitPattern: $0) } }

  /// Empty for an event about the client.
  var topicName: String {
    unsafe raw.pointee.rkt.map { unsafe String(cString: rd_kafka_topic_name($0)) } ?? ""
  }

  var payloadByteCount: Int { unsafe raw.pointee.len }

  /// Valid as long as this value.
  var payload: UnsafeRawBufferPointer? {
    unsafe raw.pointee.payload.map {
      unsafe UnsafeRawBufferPointer(start: $0, count: raw.pointee.len)
    }
  }

  var key: UnsafeRawBufferPointer? {
    unsafe raw.pointee.key.map {
      unsafe UnsafeRawBufferPointer(start: $0, count: raw.pointee.key_len)
    }
  }

  /// False when the header bytes cannot be read.
  func forEachHeader(
    _ body: (_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer?) -> Void
  ) -> Bool {
    var headers: OpaquePointer?
    let result = unsafe rd_kafka_message_headers(raw, &headers)
    guard result == RD_KAFKA_RESP_ERR_NO_ERROR else {
      return result == RD_KAFKA_RESP_ERR__NOENT
    }
    var index = 0
    var name: UnsafePointer<CChar>?
    var value: UnsafeRawPointer?
    var count = 0
    while unsafe rd_kafka_header_get_all(headers, index, &name, &value, &count)
      == RD_KAFKA_RESP_ERR_NO_ERROR
    {
      if let name = unsafe name {
        unsafe body(
          UnsafeRawBufferPointer(start: name, count: strlen(name)),
          value.map { unsafe UnsafeRawBufferPointer(start: $0, count: count) })
      }
      index += 1
    }
    return true
  }
}
