// SPDX-License-Identifier: Apache-2.0
import Kafka
import Sysexits
import Testing

@Suite struct SettingsTests {
  private func failure(_ overrides: [(String, String)], brokers: String = "b:1") -> KafkaError? {
    do throws(KafkaError) {
      _ = try Consumer(
        settings: ConsumerSettings(brokers: brokers, groupID: "g", overrides: overrides),
        rebalance: RecordingHandler())
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: [
    "enable.auto.commit", "enable.auto.offset.store", "auto.offset.reset", "enable.partition.eof",
    "check.crcs", "isolation.level", "allow.auto.create.topics", "group.id", "bootstrap.servers",
    "metadata.broker.list", "client.id", "group.protocol", "test.mock.num.brokers",
    "enable.ssl.certificate.verification", "ssl.endpoint.identification.algorithm",
    "plugin.library.paths",
  ])
  func overrideIsRefusedByName(name: String) throws {
    let error = try #require(failure([(name, "x")]))
    #expect(error.code == .invalidArgument)
    #expect(error.message.hasPrefix("kafka property \(name) cannot be set: "))
  }

  /// librdkafka names in its complaint the property that an alias stands for; it takes any broker.
  @Test func aliasesAreThoseOfLibrdkafka() {
    for (alias, name) in PropertyRules.aliases where alias != "bootstrap.servers" {
      let complaint = PropertyRules.complaint(about: alias, "x,y")
      #expect(complaint?.contains("\"\(name)\"") == true, "\(alias): \(complaint ?? "taken")")
    }
    for (alias, name) in PropertyRules.aliases {
      #expect(PropertyRules.isKnown(name) && !PropertyRules.known.contains(alias))
    }
  }

  @Test func whatIsRefusedIsRefusedByBothNames() {
    for (alias, name) in PropertyRules.aliases {
      #expect(PropertyRules.refusal(of: alias) == PropertyRules.refusal(of: name))
    }
    #expect(PropertyRules.refusal(of: "bootstrap.servers") != nil)
    #expect(PropertyRules.number("max.partition.fetch.bytes", []) == 1_048_576)
    let smaller = [("max.partition.fetch.bytes", "1000")]
    #expect(PropertyRules.number("fetch.message.max.bytes", smaller) == 1000)
  }

  /// What the remedy for records that are too large says can be done.
  @Test(arguments: ["2000", "1000000", "20000000"])
  func largerRecordsMayBeAllowed(bytes: String) {
    #expect(failure([("message.max.bytes", bytes)]) == nil)
  }

  @Test(arguments: ["-9223372036854775808", "-1", "1024", "9223372036854775807"])
  func anySizeOfTheQueueIsTakenOrRefused(kilobytes: String) {
    let error = failure([("queued.max.messages.kbytes", kilobytes)])
    #expect((error == nil) == (kilobytes == "1024"))
  }

  @Test func unknownPropertyIsNamed() {
    #expect(failure([("no.such.property", "1")])?.message.contains("no.such.property") == true)
  }

  @Test func valueOutOfRangeIsNamed() {
    #expect(failure([("session.timeout.ms", "-7")])?.message.contains("session.timeout.ms") == true)
  }

  @Test func contradictionIsReported() {
    let error = failure([("max.poll.interval.ms", "1000"), ("session.timeout.ms", "45000")])
    #expect(error?.message.contains("max.poll.interval.ms") == true)
  }

  @Test func emptyBrokersAndGroupAreRefused() {
    #expect(failure([], brokers: "")?.message.contains("broker list") == true)
    let error = #expect(throws: KafkaError.self) {
      try Consumer(
        settings: ConsumerSettings(brokers: "b:1", groupID: ""), rebalance: RecordingHandler())
    }
    #expect(error?.message.contains("group") == true)
  }

  @Test func secretsStayOutOfTexts() {
    let secret = "open-sesame"
    let overrides = [
      ("sasl.password", secret), ("ssl.key.pem", secret), ("security.protocol", "sasl_ssl"),
      ("sasl.mechanisms", "nonsense \(secret)"),
    ]
    let settings = ConsumerSettings(brokers: "b:1", groupID: "g", overrides: overrides)
    #expect(!"\(settings)\(String(reflecting: settings))".contains(secret))
    let error = failure(overrides)
    #expect(error != nil)
    #expect(error?.description.contains(secret) == false)
  }

  /// An outage would be waited for.
  @Test(arguments: ["ssl.ca.location", "ssl.certificate.location", "ssl.key.location"])
  func aFileThatIsNotThereIsAWrongSetting(_ name: String) {
    let error = failure([("security.protocol", "ssl"), (name, "/nowhere/x.pem")])
    #expect(error?.message.contains(name) == true, "\(String(describing: error))")
    #expect(error?.exitCode == .configuration)
  }

  @Test func patternsAreNoSubscription() throws {
    let consumer = try Consumer(
      settings: ConsumerSettings(brokers: "b:1", groupID: "g"), rebalance: RecordingHandler())
    #expect(throws: KafkaError.self) { try consumer.subscribe(["^events"]) }
    #expect(throws: KafkaError.self) { try consumer.subscribe([]) }
  }
}
