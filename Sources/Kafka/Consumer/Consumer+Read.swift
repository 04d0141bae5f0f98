// SPDX-License-Identifier: Apache-2.0

extension Consumer {
  /// Shows `body` one record of each partition, the first at or after its offset, for a consumer
  /// that has not subscribed: the group does not learn of it.
  ///
  /// A partition whose log ends there, or does not have the offset, is left out. Throws when the
  /// time is over first.
  package func readEach(
    _ positions: [PartitionOffset], timeoutMilliseconds: Int32,
    _ body: (TopicPartition, borrowing Message) -> Void
  ) throws(KafkaError) {
    guard !positions.isEmpty else { return }
    guard !isSubscribed else {
      throw KafkaError(.state, "a consumer that has subscribed reads what the group gives it")
    }
    var waiting = Set(positions.map(\.topicPartition))
    try context.assign(client.live, positions)
    defer { context.unassign(client.live) }
    let end = ContinuousClock.now + .milliseconds(timeoutMilliseconds)
    while !waiting.isEmpty {
      guard ContinuousClock.now < end else {
        throw KafkaError(
          .timedOut, "no record of \(waiting.min()?.description ?? "") in \(timeoutMilliseconds) ms"
        )
      }
      switch poll(timeoutMilliseconds: Self.readSliceMilliseconds) {
      case .message(let message):
        let topicPartition = TopicPartition(
          topic: context.topics.names[message.topicIndex], partition: message.partition)
        if waiting.remove(topicPartition) != nil { body(topicPartition, message) }
      case .endOfPartition(let topicPartition, _): waiting.remove(topicPartition)
      case .partitionError(let topicPartition, _, let error)
      where error.scope == .partition(.stops):
        waiting.remove(topicPartition)
      case .fatal(let error): throw error
      case .idle: break
      case .partitionError: break
      case .clientError: break
      }
    }
  }

  private static let readSliceMilliseconds: Int32 = 50
}
