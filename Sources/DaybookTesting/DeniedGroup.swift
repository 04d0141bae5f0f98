// SPDX-License-Identifier: Apache-2.0
import CRdKafka

/// A consumer group that nobody may read while the value lives: an access control list of the broker.
///
/// The broker needs an authorizer, and to allow everything for which it has no list.
package final class DeniedGroup {
  package struct Failure: Error {
    package let message: String
  }

  private let client: OpaquePointer
  private let group: String

  package init(_ group: String, brokers: String) throws(Failure) {
    var text = [CChar](repeating: 0, count: 512)
    let configuration = rd_kafka_conf_new()
    rd_kafka_conf_set(configuration, "bootstrap.servers", brokers, &text, text.count)
    guard let client = rd_kafka_new(RD_KAFKA_PRODUCER, configuration, &text, text.count) else {
      rd_kafka_conf_destroy(configuration)
      throw Failure(message: "no client")
    }
    self.client = client
    self.group = group
    let binding = rd_kafka_AclBinding_new(
      RD_KAFKA_RESOURCE_GROUP, group, RD_KAFKA_RESOURCE_PATTERN_LITERAL, "User:*", "*",
      RD_KAFKA_ACL_OPERATION_READ, RD_KAFKA_ACL_PERMISSION_TYPE_DENY, &text, text.count)
    defer { rd_kafka_AclBinding_destroy(binding) }
    var bindings = [binding]
    try request({ rd_kafka_CreateAcls(client, &bindings, 1, nil, $0) }) { answer in
      var count = 0
      guard let results = rd_kafka_CreateAcls_result_acls(answer, &count), count == 1 else {
        return nil
      }
      return rd_kafka_acl_result_error(results[0])
    }
  }

  deinit { rd_kafka_destroy(client) }

  /// Removes the list again.
  package func allow() throws(Failure) {
    let filter = rd_kafka_AclBindingFilter_new(
      RD_KAFKA_RESOURCE_GROUP, group, RD_KAFKA_RESOURCE_PATTERN_LITERAL, nil, nil,
      RD_KAFKA_ACL_OPERATION_ANY, RD_KAFKA_ACL_PERMISSION_TYPE_ANY, nil, 0)
    defer { rd_kafka_AclBinding_destroy(filter) }
    var filters = [filter]
    try request({ rd_kafka_DeleteAcls(client, &filters, 1, nil, $0) }) { answer in
      var count = 0
      guard let responses = rd_kafka_DeleteAcls_result_responses(answer, &count), count == 1 else {
        return nil
      }
      return rd_kafka_DeleteAcls_result_response_error(responses[0])
    }
  }

  private func request(
    _ send: (_ queue: OpaquePointer?) -> Void, error: (_ answer: OpaquePointer) -> OpaquePointer?
  ) throws(Failure) {
    let queue = rd_kafka_queue_new(client)
    defer { rd_kafka_queue_destroy(queue) }
    send(queue)
    guard let answer = rd_kafka_queue_poll(queue, Self.answerMilliseconds) else {
      throw Failure(message: "no answer")
    }
    defer { rd_kafka_event_destroy(answer) }
    let code = rd_kafka_event_error(answer)
    guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
      throw Failure(message: String(cString: rd_kafka_err2str(code)))
    }
    if let error = error(answer) {
      throw Failure(message: String(cString: rd_kafka_error_string(error)))
    }
  }

  private static let answerMilliseconds: Int32 = 30_000
}
