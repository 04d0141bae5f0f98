// SPDX-License-Identifier: Apache-2.0
package import CRdKafka

extension Admin {
  /// Sends one request and waits for its answer.
  ///
  /// Throws the request's error, or the first one of a single topic or partition in it.
  package func request(
    _ operation: rd_kafka_admin_op_t, _ action: String,
    timeoutMilliseconds: Int32 = timeoutMillisecondsDefault,
    _ send: (_ client: OpaquePointer, _ options: OpaquePointer?, _ queue: OpaquePointer) -> Void
  ) throws(KafkaError) {
    _ = try unsafe answer(operation, action, timeoutMilliseconds: timeoutMilliseconds, send)
  }

  /// The same, for a request whose answer says something.
  func answer(
    _ operation: rd_kafka_admin_op_t, _ action: String, timeoutMilliseconds: Int32,
    _ send: (_ client: OpaquePointer, _ options: OpaquePointer?, _ queue: OpaquePointer) -> Void
  ) throws(KafkaError) -> Event {
    let wait = max(1, timeoutMilliseconds)
    let client = client.live
    let options = AdminOptions(client, operation)
    try options.setTimeouts(milliseconds: wait, doing: action)
    let queue = EventQueue(client)
    unsafe send(client.raw, options.raw, queue.raw)
    // The request ends by itself at its timeout; the margin is for the event's way back.
    guard let event = queue.event(timeoutMilliseconds: wait &+ Self.marginMilliseconds) else {
      throw KafkaError(.timedOut, "\(action): no answer within \(wait) ms")
    }
    try event.check(doing: action)
    return event
  }

  private static let marginMilliseconds: Int32 = 1_000
}

/// Owns a `rd_kafka_AdminOptions_t`.
@safe private struct AdminOptions: ~Copyable {
  let raw: OpaquePointer?
  private let operation: rd_kafka_admin_op_t

  init(_ client: borrowing LiveClient, _ operation: rd_kafka_admin_op_t) {
    self.operation = operation
    unsafe raw = rd_kafka_AdminOptions_new(client.raw, operation)
  }

  deinit { unsafe rd_kafka_AdminOptions_destroy(raw) }

  func setTimeouts(milliseconds: Int32, doing action: String) throws(KafkaError) {
    var text = ErrorText()
    let request = unsafe text.filled {
      unsafe rd_kafka_AdminOptions_set_request_timeout(raw, milliseconds, $0, $1)
    }
    try KafkaError.check(request, doing: action)
    // What changes nothing has no time in which the brokers work at it.
    guard operation != RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS else { return }
    let operation = unsafe text.filled {
      unsafe rd_kafka_AdminOptions_set_operation_timeout(raw, milliseconds, $0, $1)
    }
    try KafkaError.check(operation, doing: action)
  }
}
