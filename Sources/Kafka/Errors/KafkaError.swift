// SPDX-License-Identifier: Apache-2.0
import CRdKafka

/// What went wrong in librdkafka or at the broker, and what to do about it.
///
/// The texts hold names and codes only: no property value that is a secret, and no record content.
package struct KafkaError: Error, Hashable, Sendable, CustomStringConvertible {
  package let code: Code
  /// What happened, lower case, without a final full stop.
  package let message: String
  /// The client instance is unusable from now on: end the process.
  package let isFatal: Bool
  /// The same call may succeed when it is made again.
  package let isRetriable: Bool
  /// Set when the error is that a broker's answer cannot be received.
  package private(set) var unreceivable: UnreceivableAnswer?

  package init(_ code: Code, _ message: String) {
    self.init(code, message, isFatal: code == .fatal, isRetriable: code.isTransient)
  }

  package init(_ code: Code, _ message: String, isFatal: Bool, isRetriable: Bool) {
    self.code = code
    self.message = message
    self.isFatal = isFatal
    self.isRetriable = isRetriable
  }

  /// The stable symbolic name of the code, for instance `TOPIC_AUTHORIZATION_FAILED`; local errors
  /// of the client begin with an underscore.
  package var name: String { code.name }

  package var description: String {
    remedy.isEmpty ? "\(message) (\(name))" : "\(message) (\(name)): \(remedy)"
  }
}

extension KafkaError {
  /// What librdkafka reports about the client, not in answer to a call.
  init(reported code: Code, _ reason: String) {
    guard code == .badMessage, let answer = UnreceivableAnswer(reason) else {
      self.init(code, reason)
      return
    }
    self.init(code, answer.description)
    unreceivable = answer
  }

  init(_ code: rd_kafka_resp_err_t, _ message: String) {
    self.init(Code(rawValue: code.rawValue), message)
  }

  /// Takes what the error object says, and destroys it.
  init(consuming error: OpaquePointer, doing action: String) {
    defer { unsafe rd_kafka_error_destroy(error) }
    unsafe self.init(
      Code(rawValue: rd_kafka_error_code(error).rawValue),
      unsafe "\(action): \(String(cString: rd_kafka_error_string(error)))",
      isFatal: unsafe rd_kafka_error_is_fatal(error) != 0,
      isRetriable: unsafe rd_kafka_error_is_retriable(error) != 0)
  }

  /// Throws unless the code says success.
  static func check(_ code: rd_kafka_resp_err_t, doing action: String) throws(KafkaError) {
    guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return }
    throw KafkaError(code, "\(action): \(text(of: code))")
  }

  /// librdkafka's words for a code.
  static func text(of code: rd_kafka_resp_err_t) -> String {
    unsafe String(cString: rd_kafka_err2str(code))
  }

  /// Throws what an error object says; nil is success.
  static func check(_ error: OpaquePointer?, doing action: String) throws(KafkaError) {
    if let error = unsafe error { throw unsafe KafkaError(consuming: error, doing: action) }
  }
}
