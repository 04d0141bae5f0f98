// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Kafka
import Postgres
import Records
import Sysexits
import Telemetry

/// The polling thread of a worker, from joining the group to leaving it: polls, decodes, fills
/// batches, and answers rebalances.
///
/// Whenever its position and the database's may differ, the session ends and the worker begins a
/// new one, which claims again and reads from the database's offsets: there is one way to rewind.
final class Session {
  enum End {
    case stopped
    case restart(why: String)
  }

  private(set) var settings: IngestSettings
  private let live: LiveSettingsBoard
  /// The number of the reading that ``settings`` has.
  private var liveNumber: Int
  let handoff: Handoff
  let claimer: Claimer
  let watch: BrokerWatch
  let worker: Int
  let stop: StopFlag
  let months: MonthGate
  let filler: BatchFiller
  let workerHealth: WorkerHealth
  var assignment = Assignment()
  /// The batch that is being filled.
  var batch: Batch?
  /// The claim that new batches belong to.
  var generation: Int
  /// Of the open batch.
  var recordLimit = Int.max
  /// Batches that were submitted since the last claim.
  var submittedCount = 0
  /// Partitions of which a record or the end came when there was no batch for it: they are fetched
  /// again.
  var overrun: Set<TopicPartition> = []
  /// The consumer's count of doubts at the last proof: everything in the queue was fetched since.
  var provenAtDoubt = 0
  /// A doubt that the consumer cannot know of.
  var ownDoubt: Doubt?
  /// When partitions that bring nothing were last looked at.
  var idleLookAt = ContinuousClock.now
  /// The group has not said yet what is ours.
  var awaitsAssignment = true
  var restart: String?
  var failure: IngestError?
  /// The time for an orderly end is over: nothing is waited for any more.
  private(set) var isPastDeadline = false
  var checks: SessionChecks
  var answers: AnswerWatch

  init(
    _ settings: IngestSettings, live: LiveSettingsBoard, handoff: Handoff, claimer: Claimer,
    watch: BrokerWatch, months: MonthGate, filler: BatchFiller, board: PositionBoard,
    stop: StopFlag, workerHealth: WorkerHealth,
    generation: Int, worker: Int
  ) {
    self.settings = settings
    self.live = live
    let latest = live.latest
    liveNumber = latest.number
    self.settings.live = latest.settings.forOneWorker(of: settings.workerCount)
    self.handoff = handoff
    self.claimer = claimer
    self.watch = watch
    self.worker = worker
    self.months = months
    self.filler = filler
    self.stop = stop
    self.workerHealth = workerHealth
    self.generation = generation
    checks = SessionChecks(board: board)
    answers = AnswerWatch(worker: worker)
  }

  func run() throws(IngestError) -> End {
    let consumer: Consumer
    do throws(KafkaError) {
      consumer = try Consumer(settings: settings.kafka, rebalance: self)
      try consumer.subscribe(settings.sources.map(\.topic))
    } catch {
      // What was good for a session before is not set up wrong.
      guard generation == 1 else { return .restart(why: "\(error)") }
      throw IngestError("\(error)", exitCode: ExitCode.configuration)
    }
    loop(consumer)
    yieldToSuccessor(consumer)
    let isStopping = stop.isRequested && failure == nil
    if isStopping {
      finish(consumer)
    } else {
      abandon()
    }
    consumer.close(deadline: isStopping ? timeToLeave : .seconds(IngestLimits.revokeSecondsMax))
    releaseEverything()
    answers.end(workerHealth)
    if let batch { handoff.discard(batch) }
    batch = nil
    if let failure { throw failure }
    return restart.map { .restart(why: $0) } ?? .stopped
  }

  private func loop(_ consumer: Consumer) {
    while !stop.isRequested, restart == nil, failure == nil {
      workerHealth.beat()
      takeOver(consumer)
      settle(handoff.takeReceipts(), consumer)
      resumeWaiting(consumer)
      guard batch != nil || takeBatch(consumer) else { continue }
      if let doubt = missedAnswers(consumer) { proveAgain(because: doubt, consumer) }
      fill(consumer)
      answers.look(at: consumer.unreceivable, workerHealth)
      proveIdle(consumer)
      checks.run(self, consumer)
    }
  }

  /// Changes of the settings are for the next batch, and the next connection.
  private func takeOver(_ consumer: Consumer) {
    guard let reading = live.reading(after: liveNumber) else { return }
    liveNumber = reading.number
    let before = settings.live.credentials
    settings.live = reading.settings.forOneWorker(of: settings.workerCount)
    if let credentials = settings.live.credentials, credentials != before {
      do throws(KafkaError) {
        try consumer.authenticate(as: credentials)
      } catch {
        Log.error("kafka credentials stay the old ones", ["error": LogValue(error.description)])
      }
    }
    Log.info(
      "new settings are in use",
      [
        "batch_rows": LogValue(settings.limits.recordCountMax),
        "batch_bytes": LogValue(settings.limits.byteCountMax),
        "batch_age_ms": LogValue(settings.limits.ageMillisecondsMax),
        "credentials": LogValue(settings.live.credentials == before ? "same" : "new"),
      ])
  }

  /// Polls until the batch is handed over, something ends the session, or nothing comes for a
  /// while.
  ///
  /// While records wait in librdkafka's queue there is a lag, and a full batch costs least. When
  /// none wait, and the writer does nothing, a smaller one is there sooner.
  private func fill(_ consumer: Consumer) {
    consumer.keepFetching()
    var recordsBeforeClock = Self.recordsBetweenClockReadings
    var isIdle = false
    var waited = Duration.zero
    defer { if waited > .zero { workerHealth.waits.add(waited, for: .kafka) } }
    while let filling = batch, restart == nil, failure == nil, recordsBeforeClock > 0, !isIdle {
      isIdle = !poll(consumer, 0) { message in accept(message, consumer) }
      if isIdle, filling.isWorthWriting(limits), handoff.isWriterFree { return handOver(consumer) }
      if isIdle {
        let timeout = filling.isEmpty ? IngestLimits.pollMillisecondsMax : Self.shortPoll
        let startedAt = ContinuousClock.now
        isIdle = !poll(consumer, timeout) { message in accept(message, consumer) }
        waited += startedAt.duration(to: .now)
      }
      recordsBeforeClock -= 1
      if batch?.isFull(limits) == true { return handOver(consumer) }
    }
    filler.readClock()
    // A run with an end has nothing to wait for when nothing comes.
    if batch?.isDue(settings.limits) == true || settings.untilEnd && isIdle { handOver(consumer) }
  }

  /// Submits the batch, unless a log of it may have become another one while it was filled.
  func handOver(_ consumer: Consumer) {
    if let doubt = doubt(consumer) { proveAgain(because: doubt, consumer) }
    submit()
  }

  private var limits: BatchLimits {
    var limits = settings.limits
    limits.recordCountMax = min(
      limits.recordCountMax, recordLimit, BatchLimits.recordCountMax(afterBatches: submittedCount))
    return limits
  }

  /// One poll; events are dealt with here, a record is shown to `body`. False if nothing came.
  func poll(
    _ consumer: Consumer, _ timeoutMilliseconds: Int32, _ body: (borrowing Message) -> Void
  ) -> Bool {
    switch consumer.poll(timeoutMilliseconds: timeoutMilliseconds) {
    case .idle: return false
    case .message(let message): body(message)
    case .endOfPartition(let topicPartition, let offset):
      reachEnd(of: topicPartition, at: offset, consumer)
    case .partitionError(let topicPartition, _, let error):
      partitionFailed(topicPartition, error, consumer)
    case .clientError(let error):
      if error.scope == .client, awaitsAssignment {
        workerHealth.partitions(failure: error.description)
      }
      Metrics.kafkaErrors.add(1, [error.name])
      // The watch of answers says it once.
      if error.scope != .unreceivable { Log.warn("kafka", ["error": LogValue(error.description)]) }
      let isEnd =
        error.isAboutMembershipSettings || settings.untilEnd && error.scope == .unreceivable
      if isEnd, failure == nil, restart == nil {
        failure = IngestError("kafka: \(error)", exitCode: error.exitCode)
      }
    case .fatal(let error):
      if failure == nil && restart == nil { end(because: error) }
    }
    return true
  }

  /// Gives the batch to the writer, with the anchor of each partition.
  func submit() {
    guard let filled = batch, !filled.isEmpty else { return }
    filler.seal(filled, &assignment)
    filler.reportDropped()
    Metrics.batchAge.observe(filled.startedAt.duration(to: .now) / .seconds(1))
    IngestFault.batchFilled.reached()
    filled.isFirstOfClaim = submittedCount == 0
    handoff.submit(filled)
    batch = nil
    submittedCount += 1
  }

  /// Drops what is filled or waiting; what is in flight is fenced by the next claim at the latest.
  func abandon() {
    handoff.abandon(generation: generation)
    generation += 1
    if let batch { drop(batch) }
  }

  /// Begins the batch anew, without what it has, also of partitions that were halted meanwhile.
  func drop(_ batch: Batch) {
    filler.forget(batch)
    batch.reset(generation: generation)
    assignment.forgetSpans()
  }

  /// The end of a stop that was asked for: what is filled is written, within the deadline.
  private func finish(_ consumer: Consumer) {
    if !isBatchDoubtful(consumer) { submit() }
    if !handoff.drain(until: stop.deadline(settings.drainAllowance)) {
      Log.warn(
        "batch dropped at shutdown", ["deadline_s": LogValue(settings.shutdownDeadlineSeconds)])
      isPastDeadline = true
      abandon()
    }
    settle(handoff.takeReceipts(), consumer)
  }

  /// What is left of a stop's time for leaving the group.
  private var timeToLeave: Duration {
    let remaining = stop.deadline(settings.shutdownAllowance) - .now
    return min(max(.zero, remaining), .seconds(IngestLimits.revokeSecondsMax))
  }

  private static let recordsBetweenClockReadings = 128
  /// While a batch is open, its age decides; the poll must not add much to it.
  private static let shortPoll: Int32 = 20
}
