// SPDX-License-Identifier: Apache-2.0
import CRdKafka

/// A consumer group that nobody may read while the value lives: an access control list of the
/// broker.
///
/// The broker needs an authorizer, and to allow everything for which it has no list.
package final class DeniedGroup {
  private let client: LibraryClient
  private let group: String

  package init(_ group: String, brokers: String) throws(LibraryError) {
    client = try LibraryClient([("bootstrap.servers", brokers)])
    self.group = group
    var text = [CChar](repeating: 0, count: 512)
    let binding = unsafe rd_kafka_AclBinding_new(
      RD_KAFKA_RESOURCE_GROUP, group, RD_KAFKA_RESOURCE_PATTERN_LITERAL, "User:*", "*",
      RD_KAFKA_ACL_OPERATION_READ, RD_KAFKA_ACL_PERMISSION_TYPE_DENY, &text, text.count)
    defer { unsafe rd_kafka_AclBinding_destroy(binding) }
    var bindings = unsafe [binding]
    try unsafe request({ unsafe rd_kafka_CreateAcls(client.raw, &bindings, 1, nil, $0) }) {
      answer in
      var count = 0
      guard let results = unsafe rd_kafka_CreateAcls_result_acls(answer, &count), count == 1 else {
        return nil
      }
      return unsafe rd_kafka_acl_result_error(results[0])
    }
  }

  /// Removes the list again.
  package func allow() throws(LibraryError) {
    let filter = unsafe rd_kafka_AclBindingFilter_new(
      RD_KAFKA_RESOURCE_GROUP, group, RD_KAFKA_RESOURCE_PATTERN_LITERAL, nil, nil,
      RD_KAFKA_ACL_OPERATION_ANY, RD_KAFKA_ACL_PERMISSION_TYPE_ANY, nil, 0)
    defer { unsafe rd_kafka_AclBinding_destroy(filter) }
    var filters = unsafe [filter]
    try unsafe request({ unsafe rd_kafka_DeleteAcls(client.raw, &filters, 1, nil, $0) }) { answer in
      var count = 0
      guard let responses = unsafe rd_kafka_DeleteAcls_result_responses(answer, &count), count == 1
      else {
        return nil
      }
      return unsafe rd_kafka_DeleteAcls_result_response_error(responses[0])
    }
  }

  private func request(
    _ send: (_ queue: OpaquePointer?) -> Void, error: (_ answer: OpaquePointer) -> OpaquePointer?
  ) throws(LibraryError) {
    let queue = unsafe rd_kafka_queue_new(client.raw)
    defer { unsafe rd_kafka_queue_destroy(queue) }
    unsafe send(queue)
    guard let answer = unsafe rd_kafka_queue_poll(queue, Self.answerMilliseconds) else {
      throw LibraryError("no answer")
    }
    defer { unsafe rd_kafka_event_destroy(answer) }
    try LibraryError.check(unsafe rd_kafka_event_error(answer))
    if let error = unsafe error(answer) {
      throw LibraryError(unsafe String(cString: rd_kafka_error_string(error)))
    }
  }

  private static let answerMilliseconds: Int32 = 30_000
}
