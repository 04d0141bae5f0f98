// SPDX-License-Identifier: Apache-2.0
package import Kafka
package import Postgres
package import Records

/// What `daybook ingest` runs with; checked by the command before it gets here.
package struct IngestSettings: Sendable {
  /// One Kafka topic and the stream that its records belong to.
  package struct Source: Sendable {
    package var topic: String
    package var stream: Stream
    /// False for a compacted or transactional topic: its gaps are counted instead of halting.
    package var isContiguous: Bool
    package var keyMeaning: KeyMeaning
    /// How records of the topic become records of the stream; nil: each is one.
    package var profile: Profile?

    package init(
      topic: String, stream: Stream, isContiguous: Bool = true, keyMeaning: KeyMeaning = .compare,
      profile: Profile? = nil
    ) {
      self.topic = topic
      self.stream = stream
      self.isContiguous = isContiguous
      self.keyMeaning = keyMeaning
      self.profile = profile
    }
  }

  package var sources: [Source]
  package var kafka: ConsumerSettings
  package var database: ConnectionSettings
  /// The schema that holds the tables.
  package var schema = "public"
  package var workerCount = 1
  /// Stop when everything up to the end offsets seen at the start is stored.
  package var untilEnd = false
  package var limits = BatchLimits()
  /// More rejected records than this share of a partition's recent records halts the partition; of
  /// records with many items, their items.
  package var rejectRatioMax = 0.5
  package var shutdownDeadlineSeconds = 20
  /// Refuses records with unknown fields that look like usage, cost or outcome.
  package var isStrict = false
  /// Of framed records; nil: behind a frame only JSON is read.
  package var schemas: (any SchemaSource)?
  /// Tests set another host's clock.
  var clock = ServerClock()

  /// How long everything may take after a stop was asked for.
  var shutdownAllowance: Duration { .seconds(shutdownDeadlineSeconds) }

  /// The part of it in which the open batch is waited for: leaving the group takes time too.
  var drainAllowance: Duration {
    shutdownAllowance - min(IngestLimits.leaveTime, shutdownAllowance / 4)
  }

  /// The same for one of the workers: they share the memory that one alone would have.
  ///
  /// What the site overrides stands behind our own share of the fetch queue, and wins. A name in
  /// the group gets the worker's number: two members of one name fence each other.
  func forWorker(_ number: Int) -> IngestSettings {
    var share = self
    share.kafka.client.overrides = share.kafka.client.overrides.map { name, value in
      name == "group.instance.id" && !value.isEmpty ? (name, "\(value)-\(number)") : (name, value)
    }
    share.live = live.forOneWorker(of: workerCount)
    let queueBytes = max(
      IngestLimits.fetchQueueBytesMax / workerCount, IngestLimits.fetchQueueBytesMin)
    share.kafka.client.overrides.insert(
      ("queued.max.messages.kbytes", String(queueBytes / 1024)), at: 0)
    return share
  }

  /// KIP-345: the group knows each worker by its name, and keeps its place over a restart.
  var isStaticMember: Bool {
    kafka.client.overrides.last { $0.0 == "group.instance.id" }?.1.isEmpty == false
  }

  package init(sources: [Source], kafka: ConsumerSettings, database: ConnectionSettings) {
    self.sources = sources
    self.kafka = kafka
    self.database = database
  }
}

/// When a batch is handed to the writer: whichever limit is reached first.
package struct BatchLimits: Sendable, Equatable {
  /// Items of all kinds, also the rejected ones; most records are one. A record stays whole.
  package var recordCountMax = 20_000
  /// So many are written before the batch is full or old, when no more wait and the writer is free.
  package var recordCountMin = 2_000
  /// Payload bytes plus encoded rows; the workers of a process share it.
  package var byteCountMax = 40 << 20
  /// From the first record of the batch.
  package var ageMillisecondsMax = 1000

  package init() {}

  /// What the next batch may have after so many since the claim.
  ///
  /// The writers have nothing to do until the first is there, so it is small, and each may be twice
  /// as large as the one that is written meanwhile.
  static func recordCountMax(afterBatches count: Int) -> Int {
    count < IngestLimits.growingBatches ? IngestLimits.firstBatchRecords << count : .max
  }
}

/// Limits that no setting changes.
enum IngestLimits {
  /// A poll returns at least this often, so that stop requests and batch ages are seen.
  static let pollMillisecondsMax: Int32 = 100
  /// Without a free batch for this long, the partitions are paused and polling goes on.
  static let stallMillisecondsBeforePause = 2000
  /// Paused for so long, the worker is not ready.
  static let stallSecondsBeforeNotReady = 10
  /// Without a reading of prices and positions for so long, the process is not ready.
  static let readingSecondsBeforeNotReady: Int64 = 10
  /// How long a claim may take inside the rebalance callback; below max.poll.interval.ms.
  static let claimSecondsMax = 240
  /// How much longer it takes when its last attempt hangs: leaders, connection and statement.
  static let claimAttemptSecondsMax = 60
  /// How long an attempt of a claim waits for the partitions' leaders.
  static let markSecondsMax = 10
  /// How often the brokers are asked how far the logs reach.
  static let watchSeconds = 5
  /// A topic that the brokers do not know for longer than this is gone.
  static let missingTopicSeconds = 2
  /// How long a revocation waits for the batches in flight. Heartbeats go on meanwhile: it is
  /// max.poll.interval.ms that the group allows for it.
  static let revokeSecondsMax = 10
  /// How long a static member waits for the group to say whether it still is one.
  static let membershipMillisecondsMax: Int32 = 3_000
  /// How long a worker is waited for before the next one joins the group. Below the 3 s for which a
  /// broker collects the first members of a group (`group.initial.rebalance.delay.ms`).
  static let joinTime = Duration.seconds(1)
  /// What a stop leaves of its time for leaving the group.
  static let leaveTime = Duration.seconds(2)
  /// How long a worker that has ended waits for its writing threads; the drain comes before.
  static let lastWriteSecondsMax = 1
  /// No batch may come near the `query_timeout` of 30 s that a site's PgBouncer may have.
  static let statementSecondsMax = 25
  static let lockSecondsMax = 5
  /// A client that froze between two statements.
  static let idleSecondsMax = 30
  /// Connections are renewed, as pools and firewalls expect.
  static let connectionSecondsMax = 3600
  /// Items of a partition over which the reject ratio is taken; most records are one.
  static let rejectWindowItems = 1000
  /// A batch whose statement ran out of time is halved down to so many records.
  static let halfRecordsMin = 100
  /// How many stretches of rows a search for what the database refuses tries before what it has
  /// decided is written; a few are enough for one record of the largest batch.
  static let poisonProbesMax = 1000
  /// How long such a search goes on.
  static let poisonSecondsMax = 10
  /// How often the last record of a partition that brings nothing is read again and compared.
  static let idleProofSeconds = 30
  /// How long a log may seem to end before a record that was read from it.
  static let shortLogSecondsMax = 5
  /// A month that may have no partition is asked for again after so long.
  static let monthRefusalSeconds = 2
  /// A host's clock that is farther from the server's is told of.
  static let clockOffsetSecondsWarned: Int64 = 5
  /// From here on one of the two is wrong: not ready, and what only one of them calls too new
  /// waits.
  static let clockOffsetSecondsMax: Int64 = 60
  /// What is kept of the value of a refused record that is larger than any record may be.
  static let keptPayloadBytesMax = 64 << 10
  /// How often prices, time zones and decisions are looked at: a change is in use soon after.
  static let referencePollMilliseconds = 2000
  /// A broker says there is more, but nothing arrives.
  static let silenceSecondsMax = 120
  /// Writing threads of a worker, each with its connection: one batch is copied while the one
  /// before it is settled.
  static let writersPerWorker = 2
  /// The first batch after a claim has no more than this.
  static let firstBatchRecords = 2_500
  /// So many batches after a claim are limited.
  static let growingBatches = 3
  /// One for each of them, and one that is filled meanwhile.
  static let batchesPerWorker = writersPerWorker + 1
  /// Records that librdkafka has fetched ahead, over all workers.
  static let fetchQueueBytesMax = 16 << 20
  /// A worker's share of it is never below this.
  static let fetchQueueBytesMin = 4 << 20
  /// A worker's share of the batch bytes is never below this.
  static let batchBytesMin = 1 << 20
  /// Identities remembered against duplicates, over all workers, as a power of two: 16 MiB.
  static let filterSlotBits = 21
  /// Of x86-64 and most of arm64: in such steps memory is fetched ahead.
  static let cacheLineBytes = 64
  /// Storage that a batch buffer keeps between batches.
  static let retainedBufferBytesMax = 64 << 20
}
