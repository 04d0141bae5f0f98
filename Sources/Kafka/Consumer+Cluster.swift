// SPDX-License-Identifier: Apache-2.0
import CRdKafka

extension Consumer {
  /// The first offset that still exists, and the offset after the last record that can be read
  /// (records of open transactions do not count).
  ///
  /// Asks the partition's leader, at most for the time; may be called from the rebalance handler.
  package func watermarks(
    _ partition: TopicPartition, timeoutMilliseconds: Int32
  ) throws(KafkaError) -> (low: Int64, high: Int64) {
    let end = ContinuousClock.now + .milliseconds(timeoutMilliseconds)
    let low = try LogEnd.earliest.offsets(
      client.raw, of: [partition], timeoutMilliseconds: timeoutMilliseconds)
    let high = try LogEnd.latest.offsets(
      client.raw, of: [partition],
      timeoutMilliseconds: Int32((end - .now) / .milliseconds(1)))
    guard let low = low[partition], let high = high[partition] else {
      throw KafkaError(.unknownPartition, "no offsets of \(partition)")
    }
    return (low, high)
  }

  /// The cluster's own name for itself; nil when no broker answered in time.
  package func clusterID(timeoutMilliseconds: Int32) -> String? {
    guard let text = rd_kafka_clusterid(client.raw, timeoutMilliseconds) else { return nil }
    defer { rd_kafka_mem_free(client.raw, text) }
    return String(cString: text)
  }

  /// How many partitions the topic has, never 0.
  ///
  /// Asks until there is an answer, a refusal, or no time left. Before `subscribe` the error names
  /// the cause (`authentication`, `ssl`, `resolve`, `transport`); later causes arrive through
  /// `poll`.
  package func partitionCount(
    topic: String, timeoutMilliseconds: Int32
  ) throws(KafkaError) -> Int {
    let end = ContinuousClock.now + .milliseconds(timeoutMilliseconds)
    var cause: KafkaError
    var connection: KafkaError?
    repeat {
      do throws(KafkaError) {
        return try askPartitionCount(topic)
      } catch {
        guard error.isRetriable else { throw error }
        cause = error
      }
      for error in connectionErrors() {
        if error.scope == .client || error.scope == .unreceivable { throw error }
        if error.code != .allBrokersDown { connection = error }
      }
    } while ContinuousClock.now < end
    cause = connection ?? cause
    // Before there is a conversation, bytes that make no sense come from a port that speaks TLS or
    // something else altogether.
    let code = cause.code == .badMessage ? .transport : cause.code
    throw KafkaError(
      code,
      "no answer about topic \(topic) in \(timeoutMilliseconds) ms: \(Self.brief(cause.message))")
  }

  /// Without librdkafka's count of repetitions.
  private static func brief(_ message: String) -> Substring {
    message.firstRange(of: " (after ").map { message[..<$0.lowerBound] } ?? message[...]
  }

  private func askPartitionCount(_ name: String) throws(KafkaError) -> Int {
    let metadata = try ClusterMetadata(
      client.raw, topic: name, timeoutMilliseconds: Self.metadataSliceMilliseconds)
    return try metadata.existing(name).partitionCount
  }

  /// Serves the error callback.
  ///
  /// A subscribed consumer could receive a record here, so it waits for `poll` instead.
  private func connectionErrors() -> [KafkaError] {
    guard !isSubscribed else { return [] }
    rd_kafka_poll(client.raw, 0)
    return context.takeErrors()
  }

  private static let metadataSliceMilliseconds: Int32 = 250
}
