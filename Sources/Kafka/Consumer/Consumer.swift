// SPDX-License-Identifier: Apache-2.0
import CRdKafka
import Telemetry

/// A member of a consumer group that fetches from explicit offsets and commits nothing by itself.
///
/// For one thread only, which polls, and with it answers rebalances, seeks, pauses and closes. Every
/// `Message` must be gone before `close`.
package final class Consumer {
  let client: ClientHandle
  let context: ConsumerContext
  private(set) var isSubscribed = false

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
      defaults: PropertyRules.consumerDefaults
        + [PropertyRules.heartbeat(settings.client.overrides)])
    try configuration.set("group.id", settings.groupID)
    try configuration.set(PropertyRules.consumerProtocol)
    configuration.setRebalanceCallback()
    context = ConsumerContext(handler: handler, logLevelMax: settings.client.logLevelMax)
    try configuration.watchFetches(settings.client, context)
    client = try configuration.makeClient(RD_KAFKA_CONSUMER, context: context)
    rd_kafka_poll_set_consumer(client.raw)
    context.consumer = self
  }

  private static func warnAboutCooperation(_ settings: ClientSettings) {
    let isCooperative = settings.overrides.contains { name, value in
      name == "partition.assignment.strategy" && value.contains("cooperative")
    }
    guard isCooperative, LibraryVersion.loaded < .oldestCooperative else { return }
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
    try KafkaError.check(rd_kafka_subscribe(client.raw, list.raw), doing: "subscribe")
  }

  /// Waits for the next event.
  ///
  /// Must be called at least every `max.poll.interval.ms`, also while all partitions are paused;
  /// the rebalance handler runs in here.
  package func poll(timeoutMilliseconds: Int32) -> Polled {
    if let event = waitingEvent() { return event }
    guard let raw = rd_kafka_consumer_poll(client.raw, timeoutMilliseconds) else {
      return waitingEvent() ?? .idle
    }
    if !context.unreceivable.isEmpty {
      context.unreceivable.received(from: rd_kafka_message_broker_id(raw))
    }
    guard raw.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR, let topic = raw.pointee.rkt,
      let index = context.topics.index(of: topic)
    else {
      defer { rd_kafka_message_destroy(raw) }
      return event(raw)
    }
    return .message(Message(raw, topicIndex: index))
  }

  /// Answers that could not be received, one a broker, until something else comes from it.
  package var unreceivable: [UnreceivableAnswer] {
    context.unreceivable.isEmpty ? [] : context.unreceivable.current(at: .now)
  }

  /// What is being fetched at present, sorted.
  package var assignment: [TopicPartition] { context.assigned.sorted() }

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
    return client.destroy(within: max(.zero, end - .now)) && hasLeft
  }

  /// Runs on the calling thread, so that the handler keeps to its thread.
  private func leaveGroup(until end: ContinuousClock.Instant) -> Bool {
    let queue = EventQueue(client.raw)
    if let error = rd_kafka_consumer_close_queue(client.raw, queue.raw) {
      let failure = KafkaError(consuming: error, doing: "leave the group")
      Log.warn("kafka consumer cannot leave its group", ["error": LogValue(failure.description)])
      return false
    }
    while rd_kafka_consumer_closed(client.raw) == 0 {
      guard ContinuousClock.now < end else { return false }
      if let message = rd_kafka_consume_queue(queue.raw, Self.closeSliceMilliseconds) {
        rd_kafka_message_destroy(message)
      }
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
  private func event(_ raw: UnsafeMutablePointer<rd_kafka_message_t>) -> Polled {
    if raw.pointee.err == RD_KAFKA_RESP_ERR__FATAL {
      context.fail(fatalError(of: client.raw))
      return waitingEvent() ?? .idle
    }
    let error = KafkaError(raw.pointee.err, Self.text(of: raw))
    guard let topic = raw.pointee.rkt else { return .clientError(error) }
    let topicPartition = TopicPartition(
      topic: context.topics.name(of: topic),
      partition: Self.isAboutTopic(raw, error) ? -1 : raw.pointee.partition)
    // Errors carry no version: one of an assignment that is over can still be in the queue.
    guard topicPartition.partition < 0 || context.assigned.contains(topicPartition) else {
      return .idle
    }
    switch raw.pointee.err {
    case RD_KAFKA_RESP_ERR__PARTITION_EOF:
      return .endOfPartition(topicPartition, raw.pointee.offset)
    case RD_KAFKA_RESP_ERR_NO_ERROR:
      let stray = KafkaError(
        .unknownTopic, "record of topic \(topicPartition.topic), not subscribed to")
      return .partitionError(topicPartition, raw.pointee.offset, stray)
    default:
      // What fails beside fetching, a commit for instance, names partitions too.
      return Self.isAboutFetching(raw, error)
        ? .partitionError(topicPartition, raw.pointee.offset, error) : .clientError(error)
    }
  }

  private static func isAboutFetching(
    _ raw: UnsafeMutablePointer<rd_kafka_message_t>, _ error: KafkaError
  ) -> Bool {
    switch error.scope {
    case .partition: true
    case .client, .fatal: raw.pointee.offset >= 0
    case .informational, .membership, .unreceivable: false
    }
  }

  /// librdkafka 2.0.2 leaves the partition of a topic-level error at 0; what tells it apart is that
  /// it has no offset.
  private static func isAboutTopic(
    _ raw: UnsafeMutablePointer<rd_kafka_message_t>, _ error: KafkaError
  ) -> Bool {
    raw.pointee.offset == Int64(RD_KAFKA_OFFSET_INVALID) && error.scope != .partition(.stops)
  }

  /// librdkafka puts the text of an error into the payload.
  private static func text(of raw: UnsafeMutablePointer<rd_kafka_message_t>) -> String {
    String(cString: rd_kafka_message_errstr(raw))
  }

  private static let closeSliceMilliseconds: Int32 = 100
}
