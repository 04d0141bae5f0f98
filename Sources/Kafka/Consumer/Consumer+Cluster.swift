// SPDX-License-Identifier: Apache-2.0
import Foundation

extension Consumer {
  /// The first offset that still exists, and the offset after the last record that can be read
  /// (records of open transactions do not count).
  ///
  /// Asks the partition's leader, at most for the time; may be called from the rebalance handler.
  package func watermarks(
    _ partition: TopicPartition, timeoutMilliseconds: Int32
  ) throws(KafkaError) -> (low: Int64, high: Int64) {
    let end = ContinuousClock.now + .milliseconds(timeoutMilliseconds)
    while true {
      do throws(KafkaError) {
        return try askWatermarks(partition, until: end)
      } catch {
        guard error.isRetriable, ContinuousClock.now < end else { throw error }
      }
      // A broker that has just started, or a new leader: the next question goes where it says.
      Thread.sleep(forTimeInterval: Self.retrySeconds)
      _ = try? ClusterMetadata(
        client.live, topic: partition.topic,
        timeoutMilliseconds: Self.metadataSliceMilliseconds)
    }
  }

  private func askWatermarks(
    _ partition: TopicPartition, until end: ContinuousClock.Instant
  ) throws(KafkaError) -> (low: Int64, high: Int64) {
    func left() -> Int32 { Int32(max(1, (end - .now) / .milliseconds(1))) }
    let low = try LogEnd.earliest.offsets(
      client.live, of: [partition], timeoutMilliseconds: left())
    let high = try LogEnd.latest.offsets(
      client.live, of: [partition], timeoutMilliseconds: left())
    guard let low = low[partition], let high = high[partition] else {
      throw KafkaError(.unknownPartition, "no offsets of \(partition)")
    }
    return (low, high)
  }

  /// How often something happened after which a log may no longer be the one that was read: a new
  /// connection to a broker, a fetch refused because of leader or topic, a leader that moved.
  ///
  /// It is counted before anything is fetched after it.
  package var doubtCount: Int { context.doubts.count }

  /// The partitions that the doubts behind that count are about; nil for all of them.
  package func doubtedPartitions(since count: Int) -> Set<TopicPartition>? {
    context.doubts.topicPartitions(since: count)
  }

  /// The first offset and the high watermark that the last fetch has brought; nil when it failed or
  /// there was none.
  package func lastWatermarks(_ partition: TopicPartition) -> (low: Int64, high: Int64)? {
    client.live.watermarks(partition)
  }

  /// The cluster's own name for itself; nil when no broker answered in time.
  package func clusterID(timeoutMilliseconds: Int32) -> String? {
    client.live.clusterID(timeoutMilliseconds: timeoutMilliseconds)
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
        // That it was closed tells less than why, which librdkafka does not say each time.
        let isBare = error.message.contains(": Disconnected (")
        if error.code != .allBrokersDown, connection == nil || !isBare { connection = error }
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
      client.live, topic: name, timeoutMilliseconds: Self.metadataSliceMilliseconds)
    return try metadata.existing(name).partitionCount
  }

  /// Serves the error callback.
  ///
  /// A subscribed consumer could receive a record here, so it waits for `poll` instead.
  private func connectionErrors() -> [KafkaError] {
    guard !isSubscribed else { return [] }
    client.live.poll(timeoutMilliseconds: 0)
    return context.takeErrors()
  }

  private static let metadataSliceMilliseconds: Int32 = 250
  private static let retrySeconds = 0.1
}
