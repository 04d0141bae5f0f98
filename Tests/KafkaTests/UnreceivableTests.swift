// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Sysexits
import Testing

@testable import Kafka

/// Answers that are larger than the client may receive.
@Suite struct UnreceivableTests {
  /// As librdkafka 2.0.2 writes it.
  static func text(_ count: Int64, of limit: Int64 = 100_000_000, state: String = "UP") -> String {
    "127.0.0.1:28900/1: Receive failed: Invalid response size \(count) (0..\(limit)): "
      + "increase receive.message.max.bytes (after 13380ms in state \(state))"
  }

  @Test(arguments: [
    (118_550_513, "set receive.message.max.bytes to 237101026,"),
    (2_000_000_000, "set receive.message.max.bytes to 2147483647,"),
    (-5, "no setting of this program helps"),
  ])
  func anAnswerThatIsTooLargeHasARemedy(count: Int64, remedy: String) throws {
    let error = KafkaError(reported: .badMessage, Self.text(count))
    let answer = try #require(error.unreceivable)
    #expect(answer.broker == "127.0.0.1:28900/1")
    #expect(answer.brokerNumber == 1)
    #expect(answer.byteCount == count)
    #expect(answer.byteCountMax == 100_000_000)
    #expect(error.scope == .unreceivable)
    #expect(error.exitCode == .unavailable)
    #expect(error.description.contains("\(count) bytes"))
    #expect(error.remedy.hasPrefix(remedy))
  }

  @Test func theLogLineIsTheSame() {
    let logged = "[thrd:127.0.0.1:28900/bootstrap]: " + Self.text(118_550_513)
    #expect(UnreceivableAnswer(logged) == UnreceivableAnswer(Self.text(118_550_513)))
  }

  @Test(arguments: [
    "h:9092/1: Receive failed: Disconnected", text(352_518_912, state: "APIVERSION_QUERY"),
    text(99_999_999_999), text(1000), "Invalid response size", "",
    ": Receive failed: Invalid response size 1 (2",
    "h/1: Receive failed: Invalid response size (..)",
  ])
  func everythingElseIsNone(text: String) {
    #expect(UnreceivableAnswer(text) == nil)
    #expect(KafkaError(reported: .badMessage, text).scope == .partition(.skips))
  }

  @Test func aBrokerIsForgivenByWhatItSendsOrByTime() throws {
    var brokers = UnreceivableBrokers()
    let answer = try #require(UnreceivableAnswer(Self.text(118_550_513)))
    let now = ContinuousClock.now
    brokers.failed(answer, at: now)
    brokers.received(from: 2)
    #expect(brokers.current(at: now + .seconds(59)) == [answer])
    #expect(brokers.current(at: now + .seconds(60)) == [])
    brokers.failed(answer, at: now)
    brokers.received(from: 1)
    #expect(brokers.isEmpty)
  }

  /// A broker answers with one batch at least, however small the limit: what would be larger than
  /// all limits starves every partition of that broker, until another one leads it.
  @Test func whatABrokerSendsTooLargeStarvesItsPartitions() throws {
    let cluster = try MockCluster(brokers: 2)
    try cluster.createTopic("events", partitions: 2)
    for partition: Int32 in 0...1 {
      try cluster.setLeader("events", partition: partition, broker: 1)
    }
    let probe = try Probe(
      cluster.brokers, topic: "events",
      overrides: [
        ("message.max.bytes", "2000"), ("fetch.max.bytes", "2000"),
        ("receive.message.max.bytes", "50000"),
      ])
    #expect(probe.poll { probe.ends.count >= 2 })
    try produce([String(repeating: "x", count: 60_000)], to: "events", brokers: cluster.brokers)
    #expect(probe.poll { !probe.consumer.unreceivable.isEmpty })
    let answer = try #require(probe.consumer.unreceivable.first)
    #expect(answer.brokerNumber == 1)
    #expect(answer.byteCount > 60_000)
    #expect(answer.byteCountMax == 50_000)
    #expect(probe.clientErrors.contains { $0.scope == .unreceivable })

    try produce(["later"], to: "events", partition: 1, brokers: cluster.brokers)
    try cluster.setLeader("events", partition: 0, broker: 2)
    #expect(probe.poll { probe.values(1) == ["later"] }, "its other partition is read again")
    #expect(!probe.consumer.unreceivable.contains { $0.brokerNumber == 1 })
  }
}
