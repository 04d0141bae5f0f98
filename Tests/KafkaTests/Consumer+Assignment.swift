// SPDX-License-Identifier: Apache-2.0
@testable import Kafka

extension Consumer {
  /// What is being fetched at present, sorted.
  var assignment: [TopicPartition] { context.assigned.sorted() }
}
