// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Kafka
import Testing

@Suite struct CloseTests {
  let cluster: MockCluster
  let topic = "events"

  init() throws {
    cluster = try MockCluster()
    try cluster.createTopic(topic, partitions: 2)
  }

  @Test func closeLeavesTheGroupAndMayBeRepeated() throws {
    let probe = try Probe(cluster.brokers, topic: topic)
    try produce(["a"], to: topic, brokers: cluster.brokers)
    #expect(probe.poll { probe.ends.count == 2 })
    try probe.consumer.pause(probe.consumer.assignment)
    probe.consumer.commitAsync([PartitionOffset(probe.partition(0), offset: 1)])
    #expect(probe.consumer.close(deadline: .seconds(10)))
    #expect(probe.handler.dialogue == ["assign 0,1", "revoke 0,1"])
    #expect(probe.consumer.close(deadline: .seconds(10)))
  }

  @Test func closeBeforeTheFirstAssignment() throws {
    let probe = try Probe(cluster.brokers, topic: topic)
    #expect(probe.consumer.close(deadline: .seconds(10)))
    #expect(probe.handler.dialogue.isEmpty)
  }

  @Test func closeWithoutBrokersEndsInTime() throws {
    let probe = try Probe(cluster.brokers, topic: topic)
    #expect(probe.poll { probe.ends.count == 2 })
    try cluster.brokerDown(1)
    let start = ContinuousClock.now
    probe.consumer.close(deadline: .seconds(3))
    #expect(ContinuousClock.now - start < .seconds(5))
    #expect(probe.handler.dialogue.count == 2)
  }

  @Test func closeWithABrokerThatDoesNotAnswerEndsInTime() throws {
    let probe = try Probe(cluster.brokers, topic: topic)
    #expect(probe.poll { probe.ends.count == 2 })
    try cluster.setRoundTrip(1, milliseconds: 60_000)
    let start = ContinuousClock.now
    probe.consumer.close(deadline: .seconds(3))
    #expect(ContinuousClock.now - start < .seconds(5))
  }

  @Test func forgottenConsumerIsFreed() throws {
    var consumer: Consumer? = try Consumer(
      settings: ConsumerSettings(brokers: cluster.brokers, groupID: "readers"),
      rebalance: RecordingHandler())
    weak let witness = consumer
    try consumer?.subscribe([topic])
    consumer = nil
    #expect(witness == nil)
  }

  @Test func producerReportsWhatItCouldNotDeliver() throws {
    try cluster.brokerDown(1)
    let producer = try Producer(
      settings: ClientSettings(
        brokers: cluster.brokers,
        overrides: [("message.timeout.ms", "1000"), ("enable.idempotence", "false")]))
    try producer.produce(topic: topic, value: [1])
    #expect(throws: KafkaError.self) { try producer.flush(timeoutMilliseconds: 20_000) }
    #expect(producer.deliveredCount == 0)
    #expect(producer.failedCount == 1)
    #expect(producer.close(deadline: .seconds(10)))
  }
}
