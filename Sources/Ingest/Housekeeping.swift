// SPDX-License-Identifier: Apache-2.0
import Kafka
import Postgres
import Telemetry

/// What a session looks at now and then, between polls. Nothing here asks a broker.
struct Housekeeping {
  private var lastHaltCheck = ContinuousClock.now
  private var lastSilenceCheck = ContinuousClock.now
  /// When each partition was first seen to have more than we got, and where we were.
  private var behind: [TopicPartition: (expected: Int64, since: ContinuousClock.Instant)] = [:]

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
    if lastSilenceCheck.duration(to: now) > .seconds(IngestLimits.watchSeconds) {
      lastSilenceCheck = now
      lookForSilence(session, consumer)
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

  /// The watchdog: a broker that has more but sends nothing for two minutes.
  private mutating func lookForSilence(_ session: Session, _ consumer: Consumer) {
    for state in session.assignment.states {
      guard let mark = session.watch.mark(of: state.place) else { continue }
      guard mark.readableEnd > state.expected, !state.isHalted, let seen = behind[state.place],
        seen.expected == state.expected
      else {
        behind[state.place] = mark.readableEnd > state.expected ? (state.expected, .now) : nil
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
