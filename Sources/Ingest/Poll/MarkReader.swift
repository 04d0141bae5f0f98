// SPDX-License-Identifier: Apache-2.0
import Kafka

/// Asks the leaders of partitions for their marks; each question is bounded, and a leader that does
/// not answer is asked once a round.
final class MarkReader {
  typealias Report = (TopicPartition, Result<LogMark, KafkaError>) -> Void

  /// The isolation level belongs to a client.
  private let all: OffsetReader
  private let readable: OffsetReader

  static let questionMilliseconds: Int32 = 3000

  init(_ settings: ClientSettings) throws(KafkaError) {
    all = try OffsetReader(settings, isolation: .uncommitted)
    readable = try OffsetReader(settings, isolation: .committed)
  }

  /// For the connections to come.
  func authenticate(as credentials: SASLCredentials?) {
    guard let credentials else { return }
    // A session says what librdkafka has against them.
    try? all.authenticate(as: credentials)
    try? readable.authenticate(as: credentials)
  }

  /// Looks at all topics, also those without a partition in the list; what is wrong with each.
  func read(
    _ partitions: Set<TopicPartition>, topics: [String], _ report: Report
  ) -> [String: KafkaError] {
    var problems: [String: KafkaError] = [:]
    var outage: KafkaError?
    var byLeader: [Int32: [TopicPartition]] = [:]
    var leaders: [String: [Int32: Int32]] = [:]
    for topic in topics {
      let topicPartitions = partitions.filter { $0.topic == topic }
      do throws(KafkaError) {
        if let outage { throw outage }
        let found = try all.leaders(
          of: topic, timeoutMilliseconds: Self.questionMilliseconds)
        // A client knows a partition that was added when it has asked for the topic again.
        _ = try readable.leaders(of: topic, timeoutMilliseconds: Self.questionMilliseconds)
        leaders[topic] = found
        for topicPartition in topicPartitions {
          byLeader[found[topicPartition.partition] ?? -1, default: []].append(topicPartition)
        }
      } catch {
        problems[topic] = error
        if error.scope == .informational { outage = error }
        for topicPartition in topicPartitions { report(topicPartition, .failure(error)) }
      }
    }
    for (leader, topicPartitions) in byLeader {
      ask(topicPartitions, isLed: leader >= 0, leaders, report)
    }
    return problems
  }

  func close(deadline: Duration) {
    all.close(deadline: deadline)
    readable.close(deadline: deadline)
  }

  private func ask(
    _ topicPartitions: [TopicPartition], isLed: Bool, _ leaders: [String: [Int32: Int32]],
    _ report: Report
  ) {
    do throws(KafkaError) {
      guard isLed else {
        throw KafkaError(.leaderNotAvailable, "\(topicPartitions[0]) has no leader")
      }
      for (topicPartition, mark) in try marks(of: topicPartitions, leaders) {
        report(topicPartition, .success(mark))
      }
    } catch {
      // What is wrong with one partition says nothing about the others.
      if case .partition = error.scope, topicPartitions.count > 1 {
        for topicPartition in topicPartitions {
          ask([topicPartition], isLed: isLed, leaders, report)
        }
      } else {
        for topicPartition in topicPartitions { report(topicPartition, .failure(error)) }
      }
    }
  }

  private func marks(
    of topicPartitions: [TopicPartition], _ leaders: [String: [Int32: Int32]]
  ) throws(KafkaError) -> [TopicPartition: LogMark] {
    let wait = Self.questionMilliseconds
    let low = try all.offsets(.earliest, of: topicPartitions, timeoutMilliseconds: wait)
    let high = try all.offsets(.latest, of: topicPartitions, timeoutMilliseconds: wait)
    let readableEnd = try readable.offsets(.latest, of: topicPartitions, timeoutMilliseconds: wait)
    var marks: [TopicPartition: LogMark] = [:]
    for topicPartition in topicPartitions {
      guard let low = low[topicPartition], let high = high[topicPartition],
        let end = readableEnd[topicPartition]
      else {
        throw KafkaError(.unknownPartition, "no offsets of \(topicPartition)")
      }
      marks[topicPartition] = LogMark(
        low: low, high: high, readableEnd: end,
        partitionCount: leaders[topicPartition.topic]?.count ?? 0)
    }
    return marks
  }
}
