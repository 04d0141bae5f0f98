// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Kafka
import Testing

/// What a consumer can find out about its cluster, and what it says when it cannot.
@Suite struct ReachTests {
  let cluster: MockCluster
  let topic = "events"

  init() throws {
    cluster = try MockCluster()
    try cluster.createTopic(topic, partitions: 3)
  }

  private func consumer(
    brokers: String? = nil, overrides: [(String, String)] = []
  ) throws -> Consumer {
    try Consumer(
      settings: ConsumerSettings(
        brokers: brokers ?? cluster.brokers, groupID: "readers", overrides: overrides),
      rebalance: RecordingHandler())
  }

  private func lookupError(
    brokers: String? = nil, overrides: [(String, String)] = []
  ) throws -> KafkaError {
    let consumer = try consumer(brokers: brokers, overrides: overrides)
    defer { consumer.close(deadline: .seconds(5)) }
    return try #require(
      throws: KafkaError.self,
      performing: { try consumer.partitionCount(topic: topic, timeoutMilliseconds: 3_000) })
  }

  @Test func knowsItsCluster() throws {
    let consumer = try consumer()
    #expect(try consumer.partitionCount(topic: topic, timeoutMilliseconds: 10_000) == 3)
    #expect(consumer.clusterID(timeoutMilliseconds: 5_000)?.hasPrefix("mockCluster") == true)
    let partition = TopicPartition(topic: topic, partition: 2)
    try produce(["a", "b"], to: topic, partition: 2, brokers: cluster.brokers)
    let marks = try consumer.watermarks(partition, timeoutMilliseconds: 5_000)
    #expect(marks == (0, 2))
    #expect(consumer.close(deadline: .seconds(5)))
  }

  @Test func unknownTopicIsNamed() throws {
    cluster.setTopicError(topic, KafkaError.Code.unknownTopicOrPartition.rawValue)
    let error = try lookupError()
    #expect(error.code == .unknownTopicOrPartition)
    #expect(error.description.contains(topic))
    #expect(error.remedy.contains("create the topic"))
  }

  @Test func topicWithoutRightsIsNamed() throws {
    cluster.setTopicError(topic, KafkaError.Code.topicAuthorizationFailed.rawValue)
    #expect(try lookupError().code == .topicAuthorizationFailed)
  }

  @Test func closedPortIsATransportError() throws {
    let start = ContinuousClock.now
    let error = try lookupError(brokers: "127.0.0.1:1")
    #expect(error.code == .transport || error.code == .allBrokersDown)
    #expect(error.isRetriable)
    #expect(error.description.contains("3000 ms"))
    #expect(ContinuousClock.now - start < .seconds(8))
  }

  @Test func unknownHostIsNamed() throws {
    let error = try lookupError(brokers: "no-such-host.invalid:9092")
    #expect(error.code == .resolve)
    #expect(error.description.contains("no-such-host.invalid"))
  }

  @Test func plainPortIsNamedWhenTLSIsAskedFor() throws {
    let error = try lookupError(overrides: [("security.protocol", "ssl")])
    #expect(error.description.contains("SSL handshake failed"))
    #expect(error.remedy.contains("security.protocol"))
  }

  @Test func loginThatTheBrokerDoesNotTakeIsAnAuthenticationError() throws {
    let error = try lookupError(overrides: [
      ("security.protocol", "sasl_plaintext"), ("sasl.mechanisms", "PLAIN"),
      ("sasl.username", "daybook"), ("sasl.password", "open-sesame"),
    ])
    #expect(error.code == .authentication)
    #expect(!error.description.contains("open-sesame"))
  }

  @Test func brokerThatDoesNotAnswerTimesOut() throws {
    try cluster.setRoundTrip(1, milliseconds: 60_000)
    let start = ContinuousClock.now
    #expect(try lookupError().isRetriable)
    #expect(ContinuousClock.now - start < .seconds(10))
  }
}
