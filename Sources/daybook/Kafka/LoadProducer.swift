// SPDX-License-Identifier: Apache-2.0
import Generator
import Kafka

/// Sends records at a bounded rate and knows how many went out.
final class LoadProducer {
  /// Records between two looks at the clock.
  private static let pacedRecords = 50
  private static let flushTimeoutMilliseconds: Int32 = 60_000
  private static let lastFlushMilliseconds: Int32 = 5_000
  private static let closeDeadline = Duration.seconds(5)
  private static let lookupMilliseconds: Int32 = 10_000

  private let producer: Producer
  private let pace: Pace?
  /// Partitions by topic, when they are drawn evenly.
  private let partitionCounts: [String: Int]
  private var random = SeededRandom(seed: 0)
  private let start = ContinuousClock.now
  private(set) var producedCount = 0

  /// Checks that the topics are there, or makes them.
  init(_ context: CommandContext, topics: [String]) throws(CommandError) {
    let settings = context.settings
    let client = try Self.client(context)
    let isEven = settings.text(ProduceOptions.partitionBy) == "random"
    pace = settings.text(ProduceOptions.rate).flatMap { Int($0) }.map { Pace(perSecond: $0) }
    do throws(KafkaError) {
      let admin = try Admin(settings: client)
      let wanted = settings.text(ProduceOptions.createPartitions).flatMap { Int32($0) }
      let counts = try Self.ensure(topics, admin, partitions: wanted)
      partitionCounts = isEven ? counts : [:]
      producer = try Producer(settings: client)
    } catch {
      throw CommandError(error)
    }
  }

  var seconds: Double {
    let (seconds, attoseconds) = (ContinuousClock.now - start).components
    return Double(seconds) + Double(attoseconds) / 1e18
  }

  /// Kafka's timestamp is the time of sending, as with real producers: a topic's retention would
  /// soon delete a record that carries an old `occurred_at` there.
  func produce(
    topic: String, key: [UInt8]?, value: [UInt8]?, headers: [RecordHeader]
  ) throws(CommandError) {
    let partition = partitionCounts[topic].map { count in
      Int32(truncatingIfNeeded: random.next() % UInt64(count))
    }
    do throws(KafkaError) {
      try producer.produce(
        topic: topic, partition: partition, key: key, value: value, headers: headers)
    } catch {
      throw CommandError(error)
    }
    producedCount += 1
    if producedCount % Self.pacedRecords == 0 { pace?.wait(for: producedCount, since: start) }
  }

  /// What became of the records, after a failure.
  var account: String {
    // What is on its way is waited for, so that the numbers hold.
    try? producer.flush(timeoutMilliseconds: Self.lastFlushMilliseconds)
    return "\(producer.deliveredCount) of \(producedCount) records were acknowledged, "
      + "\(producer.failedCount) given up"
  }

  /// Waits until everything is acknowledged; a record that was given up is an error.
  func finish() throws(CommandError) {
    do throws(KafkaError) {
      try producer.flush(timeoutMilliseconds: Self.flushTimeoutMilliseconds)
    } catch {
      throw CommandError(error)
    }
    producer.close(deadline: Self.closeDeadline)
  }

  /// Compressed unless the site says otherwise: its own properties stand behind, and win.
  private static func client(_ context: CommandContext) throws(CommandError) -> ClientSettings {
    var client = try context.kafkaClient()
    client.overrides.insert(("compression.type", LibraryFeatures.compression), at: 0)
    return client
  }

  private static func ensure(
    _ topics: [String], _ admin: Admin, partitions: Int32?
  ) throws(KafkaError) -> [String: Int] {
    var known = try admin.topics(timeoutMilliseconds: lookupMilliseconds)
    for topic in topics where known[topic] == nil {
      guard let partitions else {
        throw KafkaError(.unknownTopic, "topic \(topic) does not exist (see --create-partitions)")
      }
      try admin.createTopic(topic, partitions: partitions)
      known[topic] = Int(partitions)
    }
    return known
  }
}
