// SPDX-License-Identifier: Apache-2.0

/// Which librdkafka properties this program sets itself, and which it does not let anybody change.
package enum PropertyRules {
  /// Set on every client.
  static let common = [
    ("ssl.endpoint.identification.algorithm", "https"),
    ("log.connection.close", "false"),
  ]

  /// Set on every consumer before the overrides: a site may change these.
  ///
  /// The session is as short as brokers allow by default (`group.min.session.timeout.ms`): a member
  /// that is only slow loses nothing, because the database fences, and one that was killed is
  /// replaced soon.
  static let consumerDefaults = [
    ("max.poll.interval.ms", "600000"),
    ("session.timeout.ms", "6000"),
    ("topic.metadata.refresh.interval.ms", "30000"),
    ("partition.assignment.strategy", "range,roundrobin"),
    ("queued.min.messages", "1000000"),
    ("queued.max.messages.kbytes", "16384"),
    ("fetch.message.max.bytes", "1048576"),
    ("fetch.wait.max.ms", "100"),
    ("fetch.error.backoff.ms", "100"),
  ]

  /// The fetch that fits the queue, on top of which comes one of each broker: a quarter of it.
  /// librdkafka refuses one below the largest record (`message.max.bytes`).
  package static func fetch(_ overrides: [(String, String)]) -> (String, String) {
    let kilobytes = min(
      max(0, number("queued.max.messages.kbytes", overrides) ?? 0), kilobytesMax)
    let record = number("message.max.bytes", overrides) ?? recordBytesDefault
    return ("fetch.max.bytes", String(max(kilobytes * 1024 / 4, record)))
  }

  /// Of `queued.max.messages.kbytes`, and the default of `message.max.bytes`, in librdkafka.
  private static let kilobytesMax = 2_097_151
  private static let recordBytesDefault = 1_000_000

  /// How soon a full queue is looked at again, where librdkafka can be told (2.2): 1 s by default,
  /// in which a small queue runs dry.
  static let fetchBackoff =
    isKnown("fetch.queue.backoff.ms") ? [("fetch.queue.backoff.ms", "20")] : []

  /// Set on every client that only asks: what takes long is asked again.
  static let readerDefaults = [
    ("socket.timeout.ms", "10000")
  ]

  /// The heartbeat that fits the session: at most a third of it, so that two may be lost. Half a
  /// second, because a member hears with its next one only that another has joined, which waits.
  static func heartbeat(_ overrides: [(String, String)]) -> (String, String) {
    let session = number("session.timeout.ms", overrides) ?? 6000
    return ("heartbeat.interval.ms", String(max(1, min(500, session / 3))))
  }

  /// What a consumer with these overrides works with; nil where neither we nor the site set it.
  package static func number(_ name: String, _ overrides: [(String, String)]) -> Int? {
    let value = (consumerDefaults + overrides).last { canonical($0.0) == canonical(name) }?.1
    return value.flatMap { Int($0) }
  }

  /// Set on every consumer after the overrides.
  static let consumerProtocol = [
    ("enable.auto.commit", "false"),
    ("enable.auto.offset.store", "false"),
    ("auto.offset.reset", "error"),
    ("enable.partition.eof", "true"),
    ("check.crcs", "true"),
    ("isolation.level", "read_committed"),
    ("allow.auto.create.topics", "false"),
  ]

  /// Set on every producer before the overrides.
  static let producerDefaults = [
    ("enable.idempotence", "true"),
    ("linger.ms", "5"),
  ]

  /// Likewise: one request to a broker at a time, where more can end the producer.
  static let producerInFlight =
    LibraryVersion.loaded < .oldestIdempotentInFlight
    ? [("max.in.flight.requests.per.connection", "1")] : []

  /// The reason why a site may not set a property, by whichever name, or nil when it may.
  package static func refusal(of name: String) -> String? { refused[canonical(name)] }

  private static let offsetsInDatabase =
    "offsets are kept in the database together with the rows, Kafka's own are never read"

  private static let refused = [
    "allow.auto.create.topics": "a mistyped topic name must be an error, not a new topic",
    "api.version.request": "a connection that was made again shows by this question",
    "auto.commit.enable": offsetsInDatabase,
    "auto.commit.interval.ms": offsetsInDatabase,
    "auto.offset.reset": "an offset that does not fit must halt its partition",
    "check.crcs": "a corrupt batch must be recognised",
    "client.id": "set the client name instead",
    "enable.auto.commit": offsetsInDatabase,
    "enable.auto.offset.store": offsetsInDatabase,
    "enable.partition.eof": "the end of a partition is an event that the program needs",
    "enable.ssl.certificate.verification": "the broker must prove who it is: set ssl.ca.location",
    "group.id": "set the consumer group instead",
    "group.protocol": "the classic group protocol is the one that is supported",
    "isolation.level": "records of aborted transactions must not be stored",
    "log.queue": "the program forwards the log itself",
    "metadata.broker.list": "set the brokers instead",
    "plugin.library.paths": "foreign code must not be loaded into this process",
    "ssl.endpoint.identification.algorithm":
      "the broker's certificate must carry its host name",
    "test.mock.num.brokers": "it replaces the brokers by a mock",
  ]
}
