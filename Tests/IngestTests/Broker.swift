// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Foundation
import Ingest
import Kafka
import Records
import Telemetry
import Testing

/// The broker of this test run, with topics of a test's own.
struct Broker {
  static let address = ProcessInfo.processInfo.environment["DAYBOOK_TEST_KAFKA_BROKERS"]
  static let isReal = ProcessInfo.processInfo.environment["DAYBOOK_TEST_KAFKA_KIND"] == "kafka"
  static let isPresent = address != nil

  let client: ClientSettings
  let admin: Admin
  let producer: Producer
  private let prefix = "t\(UInt32.random(in: 0...UInt32.max))"

  init() throws {
    client = ClientSettings(brokers: Self.address ?? "")
    admin = try Admin(settings: client)
    producer = try Producer(
      settings: ClientSettings(
        brokers: client.brokers, overrides: [("message.max.bytes", "4000000")]))
  }

  /// A new topic; `name` is made unique.
  func topic(
    _ name: String, partitions: Int32, config: [(String, String)] = []
  ) throws -> String {
    let topic = "\(prefix)-\(name)"
    try admin.createTopic(topic, partitions: partitions, config: config)
    // A broker hears of it after the controller has made it.
    #expect(try eventually { try admin.topics()[topic] == Int(partitions) })
    return topic
  }

  func group(_ overrides: [(String, String)] = []) -> ConsumerSettings {
    ConsumerSettings(
      brokers: client.brokers, groupID: "\(prefix)-group", overrides: overrides)
  }

  /// Settings for a run of one worker until the end of a topic of invocations.
  func settings(_ database: TestDatabase, _ topic: String) throws -> IngestSettings {
    var settings = IngestSettings(
      sources: [IngestSettings.Source(topic: topic, stream: .invocations)],
      kafka: group(), database: try database.settings(.transactionPooler))
    settings.untilEnd = true
    return settings
  }

  /// Produces and waits for the acknowledgements.
  func produce(_ payloads: [String?], to topic: String, partitions: Int32) throws {
    for (index, payload) in payloads.enumerated() {
      try producer.produce(
        topic: topic, partition: Int32(index) % partitions, value: payload.map { Array($0.utf8) })
    }
    try producer.flush(timeoutMilliseconds: 30_000)
  }
}

/// An ingester on a thread of its own.
final class RunningIngester: @unchecked Sendable {
  // Sendable: `result` is written before `done` is signalled and read after.
  private let ingester: Ingester
  private let started = DispatchSemaphore(value: 0)
  private let done = DispatchSemaphore(value: 0)
  private var result: Result<Void, IngestError> = .success(())

  init(_ settings: IngestSettings, health: Health = Health()) {
    ingester = Ingester(settings, health: health)
    Thread.detachNewThread { [self] in
      result = Result { () throws(IngestError) in try ingester.run { started.signal() } }
      done.signal()
    }
  }

  func requestStop() {
    ingester.requestStop()
  }

  /// Waits until the brokers have answered.
  func hasStarted(seconds: Int = 30) -> Bool {
    guard started.wait(timeout: .now() + .seconds(seconds)) == .success else { return false }
    started.signal()
    return true
  }

  /// How the run ended; nil if it did not within the time.
  func wait(seconds: Int = 60) -> Result<Void, IngestError>? {
    guard done.wait(timeout: .now() + .seconds(seconds)) == .success else { return nil }
    done.signal()
    return result
  }
}
