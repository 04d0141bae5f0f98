// SPDX-License-Identifier: Apache-2.0
import CRdKafka
import Telemetry

/// The state that the callbacks of a consumer share with its polls.
///
/// One thread.
final class ConsumerContext: ClientContext {
  /// The consumer owns this object; unset only while it is created and destroyed.
  weak var consumer: Consumer?
  /// Released by close, since a handler usually owns the consumer.
  var handler: (any RebalanceHandler)?
  var topics = TopicIndex([])
  /// What is being fetched: a part of what the group gave us.
  private(set) var assigned: Set<TopicPartition> = []
  /// The part of it that the application paused.
  var paused: Set<TopicPartition> = []
  var unreceivable = UnreceivableBrokers()
  /// The group has given us something, if only an empty assignment.
  private(set) var wasAssigned = false
  /// The error that ended this consumer.
  private(set) var failure: KafkaError?
  /// Read once: asking again while the consumer closes can hang.
  private var isCooperative: Bool?

  init(handler: any RebalanceHandler, logLevelMax: Int32) {
    self.handler = handler
    super.init(logLevelMax: logLevelMax)
  }

  override func report(_ error: KafkaError) {
    if let answer = error.unreceivable { unreceivable.failed(answer, at: .now) }
    super.report(error)
  }

  func fail(_ error: KafkaError) { failure = failure ?? error }

  /// Begins to read without a group.
  func assign(_ client: borrowing LiveClient, _ positions: [PartitionOffset]) throws(KafkaError) {
    topics = TopicIndex(Set(positions.map(\.topicPartition.topic)).sorted())
    assigned = Set(positions.map(\.topicPartition))
    let list = PartitionList(positions)
    try client.assign(list)
  }

  func unassign(_ client: borrowing LiveClient) {
    topics.forget()
    assigned = []
    try? client.unassign(doing: "drop the assignment")
  }

  /// Exactly one assignment change is made on every path.
  func rebalance(
    _ client: borrowing LiveClient, _ event: rd_kafka_resp_err_t, _ list: [TopicPartition]
  ) {
    topics.forget()
    wasAssigned = true
    let partitions = list.sorted()
    do throws(KafkaError) {
      switch event {
      case RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS: try assign(client, partitions)
      case RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS: try revoke(client, partitions)
      default:
        unpause(client, assigned)
        assigned = []
        report(KafkaError(event, "rebalance failed: \(KafkaError.text(of: event))"))
        try client.unassign(doing: "drop the assignment")
      }
    } catch {
      // After a fatal error every change is refused: what counts is the error itself.
      fail(client.fatalError ?? error)
    }
    if failure != nil { client.yield() }
  }

  private func assign(_ client: borrowing LiveClient, _ added: [TopicPartition]) throws(KafkaError)
  {
    let positions = startPositions(added)
    let list = PartitionList(positions)
    if readProtocol(client) {
      assigned.formUnion(positions.map(\.topicPartition))
      try client.incrementalAssign(list)
    } else {
      assigned = Set(positions.map(\.topicPartition))
      try client.assign(list)
    }
    Log.debug(
      "kafka partitions assigned",
      [
        "added": LogValue(added.count), "started": LogValue(positions.count),
        "assigned": LogValue(assigned.count),
      ])
  }

  private func revoke(_ client: borrowing LiveClient, _ removed: [TopicPartition])
    throws(KafkaError)
  {
    let isLost = client.isAssignmentLost
    if let consumer { handler?.revoke(removed, lost: isLost, consumer: consumer) }
    // The group takes back also what was never started; that must not be in the list.
    let stopped = assigned.intersection(removed)
    unpause(client, removed)
    assigned.subtract(removed)
    Log.debug(
      "kafka partitions revoked",
      [
        "removed": LogValue(removed.count), "lost": LogValue(isLost),
        "assigned": LogValue(assigned.count),
      ])
    if readProtocol(client) {
      let list = PartitionList(stopped)
      try client.incrementalUnassign(list)
    } else {
      assigned = []
      try client.unassign(doing: "unassign")
    }
  }

  /// A pause outlives the assignment in librdkafka, and would silence a later one.
  private func unpause(_ client: borrowing LiveClient, _ removed: some Sequence<TopicPartition>) {
    let waiting = paused.intersection(removed)
    guard !waiting.isEmpty else { return }
    paused.subtract(waiting)
    try? client.resume(PartitionList(waiting))
  }

  /// The handler's answer; nothing when it fails or answers what cannot be right.
  private func startPositions(_ added: [TopicPartition]) -> [PartitionOffset] {
    guard failure == nil, let consumer, let handler else { return [] }
    do {
      let positions = try handler.assign(added, consumer: consumer)
      let partitions = Set(positions.map(\.topicPartition))
      guard partitions.count == positions.count, partitions.isSubset(of: added),
        positions.allSatisfy({ $0.offset >= 0 })
      else {
        throw KafkaError(
          .invalidArgument,
          "an assignment must name its own partitions, once, with offsets of 0 or more")
      }
      return positions
    } catch let error as KafkaError {
      fail(error)
    } catch {
      fail(KafkaError(.application, "partitions could not be taken over: \(error)"))
    }
    return []
  }

  private func readProtocol(_ client: borrowing LiveClient) -> Bool {
    if let isCooperative { return isCooperative }
    let name = client.rebalanceProtocol
    isCooperative = name == "COOPERATIVE"
    return name == "COOPERATIVE"
  }
}
