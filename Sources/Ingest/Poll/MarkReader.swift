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

  /// Looks at all topics, also those without a partition in the list; the first error of a topic.
  func read(
    _ partitions: Set<TopicPartition>, topics: [String], _ report: Report
  ) -> KafkaError? {
    var problem: KafkaError?
    var byLeader: [Int32: [TopicPartition]] = [:]
    var leaders: [String: [Int32: Int32]] = [:]
    for topic in topics {
      let places = partitions.filter { $0.topic == topic }
      do throws(KafkaError) {
        if let problem, problem.scope == .informational { throw problem }
        let found = try all.leaders(
          of: topic, timeoutMilliseconds: Self.questionMilliseconds)
        // A client knows a partition that was added when it has asked for the topic again.
        _ = try readable.leaders(of: topic, timeoutMilliseconds: Self.questionMilliseconds)
        leaders[topic] = found
        for place in places { byLeader[found[place.partition] ?? -1, default: []].append(place) }
      } catch {
        problem = problem ?? error
        for place in places { report(place, .failure(error)) }
      }
    }
    for (leader, places) in byLeader {
      ask(places, isLed: leader >= 0, leaders, report)
    }
    return problem
  }

  func close(deadline: Duration) {
    all.close(deadline: deadline)
    readable.close(deadline: deadline)
  }

  private func ask(
    _ places: [TopicPartition], isLed: Bool, _ leaders: [String: [Int32: Int32]],
    _ report: Report
  ) {
    do throws(KafkaError) {
      guard isLed else { throw KafkaError(.leaderNotAvailable, "\(places[0]) has no leader") }
      for (place, mark) in try marks(of: places, leaders) { report(place, .success(mark)) }
    } catch {
      // What is wrong with one partition says nothing about the others.
      if case .partition = error.scope, places.count > 1 {
        for place in places { ask([place], isLed: isLed, leaders, report) }
      } else {
        for place in places { report(place, .failure(error)) }
      }
    }
  }

  private func marks(
    of places: [TopicPartition], _ leaders: [String: [Int32: Int32]]
  ) throws(KafkaError) -> [TopicPartition: LogMark] {
    let wait = Self.questionMilliseconds
    let low = try all.offsets(.earliest, of: places, timeoutMilliseconds: wait)
    let high = try all.offsets(.latest, of: places, timeoutMilliseconds: wait)
    let readableEnd = try readable.offsets(.latest, of: places, timeoutMilliseconds: wait)
    var marks: [TopicPartition: LogMark] = [:]
    for place in places {
      guard let low = low[place], let high = high[place], let end = readableEnd[place] else {
        throw KafkaError(.unknownPartition, "no offsets of \(place)")
      }
      marks[place] = LogMark(
        low: low, high: high, readableEnd: end,
        partitionCount: leaders[place.topic]?.count ?? 0)
    }
    return marks
  }
}
