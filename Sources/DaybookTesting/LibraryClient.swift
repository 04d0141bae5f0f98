// SPDX-License-Identifier: Apache-2.0
import CRdKafka

/// Owns a `rd_kafka_t` of a producer, for what `Kafka` has no interface for.
@safe final class LibraryClient {
  let raw: OpaquePointer

  /// Throws librdkafka's words.
  init(_ properties: [(String, String)]) throws(LibraryError) {
    var text = [CChar](repeating: 0, count: 512)
    let configuration = unsafe rd_kafka_conf_new()
    for (name, value) in properties {
      unsafe rd_kafka_conf_set(configuration, name, value, &text, text.count)
    }
    guard let raw = unsafe rd_kafka_new(RD_KAFKA_PRODUCER, configuration, &text, text.count) else {
      unsafe rd_kafka_conf_destroy(configuration)
      let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      throw LibraryError(String(decoding: bytes, as: UTF8.self))
    }
    unsafe self.raw = raw
  }

  deinit { unsafe rd_kafka_destroy(raw) }
}

/// What librdkafka says about a step that failed.
package struct LibraryError: Error {
  package let message: String

  init(_ message: String) { self.message = message }

  init(_ code: rd_kafka_resp_err_t) { unsafe message = String(cString: rd_kafka_err2str(code)) }

  static func check(_ code: rd_kafka_resp_err_t) throws(LibraryError) {
    guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw LibraryError(code) }
  }
}
