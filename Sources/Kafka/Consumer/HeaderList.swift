// SPDX-License-Identifier: Apache-2.0
import CRdKafka

/// Owns a `rd_kafka_headers_t` until a produced record takes it over.
@safe struct HeaderList: ~Copyable {
  private var raw: OpaquePointer?

  init(_ headers: [RecordHeader]) throws(KafkaError) {
    unsafe raw = rd_kafka_headers_new(headers.count)
    for header in headers {
      let result = unsafe withBytes(header.value) { bytes in
        unsafe rd_kafka_header_add(raw, header.name, -1, bytes?.baseAddress, bytes?.count ?? 0)
      }
      try KafkaError.check(result, doing: "add header \(header.name)")
    }
  }

  deinit {
    if let raw = unsafe raw { unsafe rd_kafka_headers_destroy(raw) }
  }

  var pointer: OpaquePointer? { unsafe raw }

  /// The record owns the headers from now on.
  mutating func release() { unsafe raw = nil }
}

/// The bytes, or nil for nil; empty bytes have an address too, since librdkafka takes none for
/// null.
func withBytes<Result>(
  _ bytes: [UInt8]?, _ body: (UnsafeRawBufferPointer?) -> Result
) -> Result {
  guard let bytes else { return body(nil) }
  guard bytes.isEmpty else { return unsafe bytes.withUnsafeBytes(body) }
  return unsafe withUnsafeBytes(of: UInt8(0)) {
    unsafe body(UnsafeRawBufferPointer(rebasing: $0[..<0]))
  }
}
