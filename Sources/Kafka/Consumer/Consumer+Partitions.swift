// SPDX-License-Identifier: Apache-2.0
import CRdKafka
import Telemetry

extension Consumer {
  /// Stops fetching from these partitions until `resume`.
  ///
  /// Those that are not assigned or already paused are passed over; a new assignment begins
  /// unpaused.
  package func pause(_ partitions: [TopicPartition]) throws(KafkaError) {
    let running = context.assigned.subtracting(context.paused).intersection(partitions)
    guard !running.isEmpty else { return }
    let list = PartitionList(running)
    try client.live.pause(list)
    try list.checkEach(doing: "pause")
    context.paused.formUnion(running)
  }

  /// Goes on with these partitions.
  ///
  /// Those that are not paused are passed over: resuming them makes librdkafka 2.0.2 fetch from an
  /// old position.
  package func resume(_ partitions: [TopicPartition]) throws(KafkaError) {
    let waiting = context.paused.intersection(partitions)
    guard !waiting.isEmpty else { return }
    let list = PartitionList(waiting)
    try client.live.resume(list)
    try list.checkEach(doing: "resume")
    context.paused.subtract(waiting)
  }

  /// The next message of each of these assigned partitions will be the one at its offset.
  ///
  /// Blocks until the change is made, at most the time; what was fetched before is dropped.
  package func seek(
    _ positions: [PartitionOffset], timeoutMilliseconds: Int32
  ) throws(KafkaError) {
    guard !positions.isEmpty else { return }
    for position in positions
    where position.offset < 0 || !context.assigned.contains(position.topicPartition) {
      throw KafkaError(
        .state, "seek \(position): not assigned to this consumer, or no absolute offset")
    }
    let list = PartitionList(positions)
    try client.live.seek(
      list,
      timeoutMilliseconds: LibraryVersion.loaded.seekTimeout(milliseconds: timeoutMilliseconds))
    try list.checkEach(doing: "seek")
  }

  /// Tells the group how far we are, for lag displays; never read back.
  ///
  /// Errors are only logged.
  package func commitAsync(_ positions: [PartitionOffset]) {
    guard !positions.isEmpty else { return }
    let list = PartitionList(positions)
    let result = client.live.commit(list)
    guard result != RD_KAFKA_RESP_ERR_NO_ERROR else { return }
    Log.debug("kafka offset commit failed", ["code": LogValue(KafkaError.Code(result).name)])
  }

  /// The error that ends this client, if the group says that it is a member no more.
  ///
  /// Asked by committing these positions, which a broker answers with FENCED_INSTANCE_ID when
  /// another member has joined with the same `group.instance.id` (KIP-345). A member hears of that
  /// with its next heartbeat otherwise. Blocks until the answer is there, at most the time; nil
  /// then too.
  package func fatalError(
    afterCommitting positions: [PartitionOffset], timeoutMilliseconds: Int32
  ) -> KafkaError? {
    if !positions.isEmpty {
      let queue = EventQueue(client.live)
      do throws(KafkaError) {
        try client.live.commit(PartitionList(positions), into: queue)
        _ = queue.event(timeoutMilliseconds: timeoutMilliseconds)
      } catch {
        Log.debug("kafka offset commit failed", ["error": LogValue(error.description)])
      }
    }
    return client.live.fatalError
  }
}
