// SPDX-License-Identifier: Apache-2.0
import Kafka
import Postgres
import Telemetry

/// What a session looks at now and then, between polls.
struct Housekeeping {
  private let worker: String
  private var lastHaltCheck = ContinuousClock.now
  private var lastLagCheck = ContinuousClock.now
  /// When each partition was first seen to have more than we got, and where we were.
  private var behind: [TopicPartition: (expected: Int64, since: ContinuousClock.Instant)] = [:]

  private static let lagSeconds = 15
  private static let kafkaMilliseconds: Int32 = 1000

  init(worker: Int) {
    self.worker = String(worker)
  }

  /// The partitions were paused: that nothing came from them meanwhile means nothing.
  mutating func hasWaited() {
    behind.removeAll()
  }

  mutating func run(_ session: Session, _ consumer: Consumer) {
    let now = ContinuousClock.now
    if lastHaltCheck.duration(to: now) > .seconds(IngestLimits.haltCheckSeconds) {
      lastHaltCheck = now
      lookForDecisions(session)
    }
    if lastLagCheck.duration(to: now) > .seconds(Self.lagSeconds) {
      lastLagCheck = now
      Metrics.assignedPartitions.set(Double(session.assignment.states.count), [worker])
      measureLag(session, consumer)
    }
  }

  /// An operator may have decided about a halted partition: a new claim then takes it up.
  private func lookForDecisions(_ session: Session) {
    let halted = session.assignment.states.filter(\.isHalted).map(\.place)
    guard !halted.isEmpty,
      let stored = try? session.claimer.halted(session.settings.sources.map(\.topic))
    else { return }
    if !stored.isSuperset(of: halted) { session.restart = "a halt was decided" }
  }

  /// Lag metrics, and the watchdog: a broker that has more but sends nothing for two minutes.
  private mutating func measureLag(_ session: Session, _ consumer: Consumer) {
    for state in session.assignment.states {
      guard
        let mark = try? consumer.watermarks(
          state.place, timeoutMilliseconds: Self.kafkaMilliseconds)
      else { return }
      Metrics.consumerLagRecords.set(
        Double(max(0, mark.high - state.committed)),
        [state.place.topic, String(state.place.partition)])
      guard mark.high > state.expected, !state.isHalted, let seen = behind[state.place],
        seen.expected == state.expected
      else {
        behind[state.place] = mark.high > state.expected ? (state.expected, .now) : nil
        continue
      }
      if seen.since.duration(to: .now) > .seconds(IngestLimits.silenceSecondsMax),
        consumer.unreceivable.isEmpty
      {
        session.restart = "nothing came from \(state.place) although there is more"
      }
    }
  }
}
