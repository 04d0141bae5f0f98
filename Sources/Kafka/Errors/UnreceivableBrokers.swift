// SPDX-License-Identifier: Apache-2.0

/// The brokers from which nothing can be read, because their answers cannot be received.
struct UnreceivableBrokers {
  private var answers: [Int32: (answer: UnreceivableAnswer, at: ContinuousClock.Instant)] = [:]

  /// librdkafka repeats an error within its reconnect.backoff.max.ms (10 s), and the same words
  /// only after 30 s: silence for longer says that the partitions are another broker's now.
  static let silenceMax = Duration.seconds(60)

  var isEmpty: Bool { answers.isEmpty }

  mutating func failed(_ answer: UnreceivableAnswer, at now: ContinuousClock.Instant) {
    answers[answer.brokerNumber] = (answer, now)
  }

  /// Something of this broker arrived after the error.
  mutating func received(from broker: Int32) {
    answers[broker] = nil
  }

  mutating func current(at now: ContinuousClock.Instant) -> [UnreceivableAnswer] {
    answers = answers.filter { now - $0.value.at < Self.silenceMax }
    return answers.values.map(\.answer).sorted { $0.broker < $1.broker }
  }
}
