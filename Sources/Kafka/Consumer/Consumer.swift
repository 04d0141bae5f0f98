// SPDX-License-Identifier: Apache-2.0
import CRdKafka
import Telemetry

/// A member of a consumer group that fetches from explicit offsets and commits nothing by itself.
///
/// For one thread only, which polls, and with it answers rebalances, seeks, pauses and closes.
/// Every `Message` must be gone before `close`.
package final class Consumer {
  let client: ClientHandle
  let context: ConsumerContext
  private(set) var isSubscribed = false
  var fetchQueue: FetchQueue
  private let abortsBeforeAssignment: Bool
  /// When a broker did not answer: until then nobody is asked.
  var fetchesByItselfUntil = ContinuousClock.now

  /// Connects in the background: a broker that cannot be reached is no error here.
  ///
  /// The handler is held until `close`.
  package init(
    settings: ConsumerSettings, rebalance handler: any RebalanceHandler
  ) throws(KafkaError) {
    guard !settings.groupID.isEmpty else {
      throw KafkaError(.invalidArgument, "the consumer group is empty: give it a name")
    }
    Self.warnAboutCooperation(settings.client)
    var configuration = try Configuration(
      settings.client,
      defaults: PropertyRules.consumerDefaults + PropertyRules.fetchBackoff
        + [
          PropertyRules.fetch(settings.client.overrides),
          PropertyRules.heartbeat(settings.client.overrides),
        ])
    try configuration.set("group.id", settings.groupID)
    try configuration.set(PropertyRules.consumerProtocol)
    configuration.setRebalanceCallback()
    let kilobytes = PropertyRules.number("queued.max.messages.kbytes", settings.client.overrides)
    fetchQueue = FetchQueue(byteCountMax: (kilobytes ?? 0) * 1024)
    abortsBeforeAssignment =
      Self.isCooperative(settings.client)
      && LibraryVersion.loaded < .oldestEndedBeforeAssignment
    context = ConsumerContext(handler: handler, logLevelMax: settings.client.logLevelMax)
    try configuration.watchFetches(settings.client, context)
    client = try configuration.makeClient(RD_KAFKA_CONSUMER, context: context)
    client.live.pollByConsumer()
    context.consumer = self
  }

  private static func isCooperative(_ settings: ClientSettings) -> Bool {
    settings.overrides.last { $0.0 == "partition.assignment.strategy" }?.1.contains("cooperative")
      == true
  }

  private static func warnAboutCooperation(_ settings: ClientSettings) {
    guard isCooperative(settings), LibraryVersion.loaded < .oldestCooperative else { return }
    Log.warn(
      "cooperative rebalancing may lose its assignment with this librdkafka; range does not",
      ["librdkafka": LogValue("\(LibraryVersion.loaded)"), "fixed_in": "2.10.1"])
  }

  /// Joins the group for these topics; call it once.
  ///
  /// Patterns are not supported.
  package func subscribe(_ topics: [String]) throws(KafkaError) {
    guard !topics.isEmpty, !topics.contains(where: { $0.isEmpty || $0.hasPrefix("^") }) else {
      throw KafkaError(.invalidArgument, "subscribe to one topic or more, by their plain names")
    }
    context.topics = TopicIndex(topics)
    isSubscribed = true
    let list = PartitionList(topics.map { TopicPartition(topic: $0, partition: -1) })
    try client.live.subscribe(list)
  }

  /// Waits for the next event.
  ///
  /// Must be called at least every `max.poll.interval.ms`, also while all partitions are paused;
  /// the rebalance handler runs in here.
  package func poll(timeoutMilliseconds: Int32) -> Polled {
    if let event = waitingEvent() { return event }
    guard let message = client.live.consumerPoll(timeoutMilliseconds: timeoutMilliseconds) else {
      return waitingEvent() ?? .idle
    }
    if !context.unreceivable.isEmpty {
      context.unreceivable.received(from: message.brokerID)
    }
    guard message.code == RD_KAFKA_RESP_ERR_NO_ERROR,
      let index = context.topics.index(of: message)
    else { return event(message) }
    fetchQueue.took(message.payloadByteCount)
    return .message(Message(message, topicIndex: index))
  }

  /// Answers that could not be received, one a broker, until something else comes from it.
  package var unreceivable: [UnreceivableAnswer] {
    context.unreceivable.isEmpty ? [] : context.unreceivable.current(at: .now)
  }

  /// Leaves the group and frees the client; the handler sees a last `revoke`.
  ///
  /// False: it did not end in time, what is left stays until the process ends. Never blocks much
  /// longer than the limit.
  @discardableResult
  package func close(deadline limit: Duration) -> Bool {
    guard !client.isDestroyed else { return true }
    let end = ContinuousClock.now + limit
    let hasLeft = leaveGroup(until: end)
    context.handler = nil
    if abortsBeforeAssignment, isSubscribed, !context.wasAssigned {
      client.leaveBehind()
      return hasLeft
    }
    return client.destroy(within: max(.zero, end - .now)) && hasLeft
  }

  /// Runs on the calling thread, so that the handler keeps to its thread.
  private func leaveGroup(until end: ContinuousClock.Instant) -> Bool {
    let queue = EventQueue(client.live)
    do throws(KafkaError) {
      try client.live.closeConsumer(into: queue)
    } catch {
      Log.warn("kafka consumer cannot leave its group", ["error": LogValue(error.description)])
      return false
    }
    while !client.live.isConsumerClosed {
      guard ContinuousClock.now < end else { return false }
      queue.serve(timeoutMilliseconds: Self.closeSliceMilliseconds)
    }
    return true
  }

  private func waitingEvent() -> Polled? {
    if let failure = context.failure { return .fatal(failure) }
    guard let error = context.takeError() else { return nil }
    if error.isFatal { context.fail(error) }
    return error.isFatal ? .fatal(error) : .clientError(error)
  }

  /// What a message without a record says.
  private func event(_ message: borrowing MessageHandle) -> Polled {
    if message.code == RD_KAFKA_RESP_ERR__FATAL {
      context.fail(client.live.fatalError ?? KafkaError(message.code, message.errorText))
      return waitingEvent() ?? .idle
    }
    let error = KafkaError(message.code, message.errorText)
    guard message.topicAddress != nil else { return .clientError(error) }
    let topicPartition = TopicPartition(
      topic: message.topicName,
      partition: Self.isAboutTopic(message, error) ? -1 : message.partition)
    // Errors carry no version: one of an assignment that is over can still be in the queue.
    guard topicPartition.partition < 0 || context.assigned.contains(topicPartition) else {
      return .idle
    }
    switch message.code {
    case RD_KAFKA_RESP_ERR__PARTITION_EOF:
      return .endOfPartition(topicPartition, message.offset)
    case RD_KAFKA_RESP_ERR_NO_ERROR:
      let stray = KafkaError(
        .unknownTopic, "record of topic \(topicPartition.topic), not subscribed to")
      return .partitionError(topicPartition, message.offset, stray)
    default:
      // What fails beside fetching, a commit for instance, names partitions too.
      return Self.isAboutFetching(message, error)
        ? .partitionError(topicPartition, message.offset, error) : .clientError(error)
    }
  }

  private static func isAboutFetching(
    _ message: borrowing MessageHandle, _ error: KafkaError
  ) -> Bool {
    switch error.scope {
    case .partition: true
    case .client, .fatal: message.offset >= 0
    case .informational, .membership, .unreceivable: false
    }
  }

  /// librdkafka 2.0.2 leaves the partition of a topic-level error at 0; what tells it apart is that
  /// it has no offset.
  private static func isAboutTopic(
    _ message: borrowing MessageHandle, _ error: KafkaError
  ) -> Bool {
    message.offset == Int64(RD_KAFKA_OFFSET_INVALID) && error.scope != .partition(.stops)
  }

  private static let closeSliceMilliseconds: Int32 = 100
}
