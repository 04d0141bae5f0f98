// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Kafka

@Suite struct ErrorTests {
  @Test(arguments: [
    (KafkaError.Code.autoOffsetReset, ErrorScope.partition(.stops)),
    (.offsetOutOfRange, .partition(.stops)), (.unknownPartition, .partition(.stops)),
    (.badMessage, .partition(.skips)), (.notImplemented, .partition(.skips)),
    (.badCompression, .partition(.retries)), (.messageSizeTooLarge, .partition(.retries)),
    (.topicAuthorizationFailed, .partition(.retries)),
    (.unknownTopicOrPartition, .partition(.retries)), (.allBrokersDown, .informational),
    (.transport, .informational), (.timedOut, .informational), (.maxPollExceeded, .membership),
    (.fatal, .fatal), (.authentication, .client), (.ssl, .client),
    (.groupAuthorizationFailed, .client),
  ])
  func everyCodeHasOneScope(code: KafkaError.Code, scope: ErrorScope) {
    #expect(KafkaError(code, "x").scope == scope)
  }

  @Test func descriptionHoldsNameAndRemedy() {
    let error = KafkaError(.unknownTopicOrPartition, "look up topic t")
    #expect(error.name == "UNKNOWN_TOPIC_OR_PART")
    #expect(
      error.description
        == "look up topic t (UNKNOWN_TOPIC_OR_PART): create the topic, or correct its name in the"
        + " settings")
  }

  @Test func codeFromTheFutureHasAName() {
    #expect(!KafkaError.Code(rawValue: 30_000).name.isEmpty)
    #expect(!KafkaError.Code(rawValue: -30_000).name.isEmpty)
  }

  @Test func theBestCompressionOfTheLibraryIsTaken() {
    #expect(LibraryFeatures.compression(of: "gzip,snappy,lz4,zstd,plugins") == "zstd")
    #expect(LibraryFeatures.compression(of: "gzip,snappy,lz4") == "lz4")
    #expect(LibraryFeatures.builtin.contains("lz4"), "it is part of every librdkafka")
  }

  @Test(arguments: [
    (LibraryVersion(2, 0, 2), Int32(10_000), Int32(10_000_000)),
    (LibraryVersion(2, 0, 2), 0, 1_000), (LibraryVersion(2, 0, 2), .max, .max),
    (LibraryVersion(2, 1, 0), 10_000, 10_000), (LibraryVersion(2, 1, 0), 0, 1),
  ])
  func aSeekWaitsAsLongAsItIsTold(version: LibraryVersion, asked: Int32, given: Int32) {
    #expect(version.seekTimeout(milliseconds: asked) == given)
  }

  @Test func versionsAreOrdered() throws {
    #expect(LibraryVersion(2, 0, 2) < LibraryVersion(2, 10, 1))
    #expect(LibraryVersion(2, 10, 1).description == "2.10.1")
    #expect(LibraryVersion.loaded >= .oldestSupported)
    try LibraryVersion.check()
    #expect(throws: KafkaError.self) { try LibraryVersion.check(LibraryVersion(1, 9, 2)) }
  }

  /// A broker that has just started, as librdkafka 2.0.2 says it; anything else stays a warning.
  @Test func whatAFreshBrokerSaysIsNoWarning() {
    func text(_ reason: String) -> String {
      "[thrd:main]: Failed to acquire idempotence PID from broker b:9092/1: \(reason): retrying"
    }
    let fresh = text("Broker: Coordinator load in progress")
    #expect(importance(of: fresh, 4) == 6)
    #expect(importance(of: fresh, 3) == 3)
    #expect(importance(of: text("Broker: Not coordinator"), 4) == 4)
    #expect(importance(of: "Group g: Coordinator load in progress", 4) == 4)
  }
}
