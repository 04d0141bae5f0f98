// SPDX-License-Identifier: Apache-2.0
import Kafka
import Testing

/// A consumer of one topic with everything that its polls brought.
final class Probe {
  let handler = RecordingHandler()
  let consumer: Consumer
  let topic: String
  private(set) var records: [ReceivedRecord] = []
  private(set) var ends: [PartitionOffset] = []
  private(set) var partitionErrors: [(TopicPartition, Int64, KafkaError)] = []
  private(set) var clientErrors: [KafkaError] = []
  private(set) var fatal: KafkaError?

  /// The mock cluster waits for a vanished member as long as its session lasts.
  init(
    _ brokers: String, topic: String, group: String = "readers",
    overrides: [(String, String)] = [], subscribes: Bool = true
  ) throws {
    self.topic = topic
    consumer = try Consumer(
      settings: ConsumerSettings(
        brokers: brokers, groupID: group, overrides: [("session.timeout.ms", "6000")] + overrides),
      rebalance: handler)
    if subscribes { try consumer.subscribe([topic]) }
  }

  deinit { consumer.close(deadline: .seconds(10)) }

  func partition(_ number: Int32) -> TopicPartition {
    TopicPartition(topic: topic, partition: number)
  }

  /// Values of the records of a partition, as text.
  func values(_ partition: Int32 = 0) -> [String] {
    records.filter { $0.partition == partition }.map {
      String(decoding: $0.value ?? [], as: UTF8.self)
    }
  }

  func pollOnce(milliseconds: Int32 = 50) {
    switch consumer.poll(timeoutMilliseconds: milliseconds) {
    case .idle: break
    case .message(let message): records.append(ReceivedRecord(message))
    case .endOfPartition(let topicPartition, let offset):
      ends.append(PartitionOffset(topicPartition, offset: offset))
    case .partitionError(let topicPartition, let offset, let error):
      partitionErrors.append((topicPartition, offset, error))
    case .clientError(let error): clientErrors.append(error)
    case .fatal(let error): fatal = error
    }
  }

  /// Polls until the condition holds; false after the deadline.
  func poll(_ limit: Duration = .seconds(40), until isDone: () -> Bool) -> Bool {
    pollAll([self], limit, until: isDone)
  }
}

/// Polls several consumers in turn until the condition holds; false after the deadline.
func pollAll(
  _ probes: [Probe], _ limit: Duration = .seconds(60), until isDone: () -> Bool
) -> Bool {
  let end = ContinuousClock.now + limit
  while !isDone() {
    guard ContinuousClock.now < end else { return false }
    for probe in probes { probe.pollOnce(milliseconds: probes.count == 1 ? 50 : 10) }
  }
  return true
}

/// Produces the texts to one partition and waits until all are acknowledged.
func produce(
  _ values: [String], to topic: String, partition: Int32 = 0, brokers: String
) throws {
  let producer = try Producer(settings: ClientSettings(brokers: brokers))
  for value in values {
    try producer.produce(topic: topic, partition: partition, value: Array(value.utf8))
  }
  try producer.flush(timeoutMilliseconds: 30_000)
  #expect(producer.deliveredCount == values.count)
}
