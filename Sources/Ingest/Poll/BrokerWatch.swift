// SPDX-License-Identifier: Apache-2.0
import Foundation
import Kafka
import Telemetry

/// Knows how far the logs reach, for all workers of a process.
///
/// Has a thread and clients of its own: a leader that does not answer stalls no polling thread, and
/// nobody waits for this one at the end.
final class BrokerWatch: @unchecked Sendable {
  // Sendable: what is not constant is read and written under `condition`.
  private let settings: ClientSettings
  private let live: LiveSettingsBoard
  private let topics: [String]
  private let health: Health
  private let condition = MonotonicCondition()
  private let done = DispatchSemaphore(value: 0)
  private var book = LagBook()
  private var answers: [TopicPartition: Answer] = [:]
  /// Topics that the brokers did not know in the last round, and since when.
  private var unknown: [String: ContinuousClock.Instant] = [:]
  private var gone: Set<String> = []
  /// Asked for by claims, which cannot wait for the next turn.
  private var wanted: Set<TopicPartition> = []
  private var roundsBegun = 0
  private var roundsEnded = 0
  private var isEnding = false

  /// What came of asking for a partition, and in which round that was.
  private struct Answer {
    var round: Int
    var at: ContinuousClock.Instant
    var result: Result<LogMark, KafkaError>

    var failure: KafkaError? {
      if case .failure(let error) = result { error } else { nil }
    }
  }

  init(_ settings: IngestSettings, live: LiveSettingsBoard, health: Health) {
    self.settings = settings.kafka.client
    self.live = live
    self.health = health
    topics = settings.sources.map(\.topic)
  }

  func start() {
    let thread = Thread { [self] in
      run()
      done.signal()
    }
    thread.name = "broker-watch"
    thread.start()
  }

  /// Ends the thread, or leaves it behind when it is not done in time.
  func end(by deadline: ContinuousClock.Instant) {
    condition.withLock {
      isEnding = true
      condition.broadcast()
    }
    let milliseconds = max(.zero, deadline - .now) / .milliseconds(1)
    _ = done.wait(timeout: .now() + .milliseconds(Int(milliseconds)))
  }

  // MARK: for the polling threads

  /// The marks of these partitions, asked for now; waits for them no longer than the limit.
  func marks(
    of topicPartitions: [TopicPartition], within limit: Duration, stop: StopFlag
  ) throws(KafkaError) -> [TopicPartition: LogMark] {
    let deadline = ContinuousClock.now + limit
    return try condition.withLock { () throws(KafkaError) in
      wanted.formUnion(topicPartitions)
      condition.broadcast()
      // The round under way may have asked before.
      let round = roundsBegun + 1
      while true {
        let found = answers.filter { topicPartitions.contains($0.key) && $0.value.round >= round }
        if found.count == topicPartitions.count || roundsEnded >= round {
          return try Self.marks(found, of: topicPartitions)
        }
        let slice = min(deadline, .now + .milliseconds(Self.stopCheckMilliseconds))
        guard ContinuousClock.now < deadline, !stop.isRequested else {
          throw KafkaError(.timedOut, "no answer about \(topicPartitions[0]) within \(limit)")
        }
        _ = condition.wait(until: slice)
      }
    }
  }

  /// The last answer about a partition; nil when there is none of late.
  func mark(of topicPartition: TopicPartition) -> LogMark? {
    condition.withLock {
      guard let answer = answers[topicPartition], answer.at.duration(to: .now) < Self.freshness
      else {
        return nil
      }
      return try? answer.result.get()
    }
  }

  /// Topics that are not there, and were not a while before: a broker may hear late of a new one.
  var goneTopics: Set<String> { condition.withLock { gone } }

  /// What the database has, for the lag.
  func note(_ change: (inout LagBook) -> Void) {
    condition.withLock { change(&book) }
  }

  // MARK: the thread

  private func run() {
    guard let reader = makeReader() else { return }
    var liveNumber = 0
    while let (round, topicPartitions) = beginRound() {
      if let reading = live.reading(after: liveNumber) {
        liveNumber = reading.number
        reader.authenticate(as: reading.settings.credentials)
      }
      let problems = reader.read(topicPartitions, topics: topics) { topicPartition, result in
        keep(Answer(round: round, at: .now, result: result), of: topicPartition)
      }
      endRound(round, problems)
    }
    reader.close(deadline: Self.closeLimit)
  }

  /// Tries until there are clients, also where threads or files are short; nil at the end.
  private func makeReader() -> MarkReader? {
    var backoff = Backoff()
    while true {
      do throws(KafkaError) {
        return try MarkReader(settings)
      } catch {
        report(error)
      }
      let next = ContinuousClock.now + .milliseconds(backoff.next())
      let isOver = condition.withLock {
        while !isEnding, condition.wait(until: next) {}
        return isEnding
      }
      if isOver { return nil }
    }
  }

  /// Waits for the next turn, or for a claim; nil at the end.
  private func beginRound() -> (Int, Set<TopicPartition>)? {
    let next = ContinuousClock.now + .seconds(IngestLimits.watchSeconds)
    return condition.withLock {
      while roundsBegun > 0, wanted.isEmpty, !isEnding, condition.wait(until: next) {}
      guard !isEnding else { return nil }
      roundsBegun += 1
      defer { wanted.removeAll() }
      return (roundsBegun, wanted.union(book.topicPartitions))
    }
  }

  private func keep(_ answer: Answer, of topicPartition: TopicPartition) {
    condition.withLock {
      answers[topicPartition] = answer
      if case .success(let mark) = answer.result { book.measure(topicPartition, high: mark.high) }
      condition.broadcast()
    }
  }

  private func endRound(_ round: Int, _ problems: [String: KafkaError]) {
    let problem = topics.lazy.compactMap { problems[$0] }.first
    let failure = condition.withLock {
      roundsEnded = round
      let missing = problems.filter { $0.value.isAboutMissingTopic }.map {
        ($0.key, unknown[$0.key] ?? .now)
      }
      unknown = Dictionary(uniqueKeysWithValues: missing)
      let before = ContinuousClock.now - .seconds(IngestLimits.missingTopicSeconds)
      gone = Set(unknown.filter { $0.value < before }.keys)
      let owned = book.topicPartitions
      answers = answers.filter { $0.value.round == round || owned.contains($0.key) }
      condition.broadcast()
      return problem ?? answers.values.lazy.compactMap(\.failure).first
    }
    report(failure)
  }

  private var isFailing = false

  private func report(_ failure: KafkaError?) {
    health.set(Self.check, failure: failure?.description)
    if let failure, !isFailing {
      Log.warn("brokers do not answer", ["error": LogValue(failure.description)])
    } else if failure == nil, isFailing {
      Log.info("brokers answer again")
    }
    isFailing = failure != nil
  }

  private static func marks(
    _ found: [TopicPartition: Answer], of topicPartitions: [TopicPartition]
  ) throws(KafkaError) -> [TopicPartition: LogMark] {
    var marks: [TopicPartition: LogMark] = [:]
    for topicPartition in topicPartitions {
      guard let answer = found[topicPartition] else {
        throw KafkaError(.unknownPartition, "topic of \(topicPartition) is not read")
      }
      marks[topicPartition] = try answer.result.get()
    }
    return marks
  }

  static let check = "kafka"
  private static let freshness = Duration.seconds(3 * IngestLimits.watchSeconds)
  private static let closeLimit = Duration.seconds(1)
  private static let stopCheckMilliseconds = 100
}
