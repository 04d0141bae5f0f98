// SPDX-License-Identifier: Apache-2.0
import Kafka
import Postgres
import Telemetry

/// What a session looks at now and then, between polls. Nothing here asks a broker.
struct SessionChecks {
  private let board: PositionBoard
  /// The number of the last reading of the board.
  private var boardNumber = 0
  private var floor = PositionFloor()
  private var lastSilenceCheck = ContinuousClock.now
  /// When each partition was first seen to have more than we got, and where we were.
  private var behind: [TopicPartition: (expected: Int64, since: ContinuousClock.Instant)] = [:]

  init(board: PositionBoard) {
    self.board = board
  }

  /// The partitions were paused: that nothing came from them meanwhile means nothing.
  mutating func hasWaited() {
    behind.removeAll()
  }

  mutating func run(_ session: Session, _ consumer: Consumer) {
    lookAtPositions(session)
    let now = ContinuousClock.now
    if lastSilenceCheck.duration(to: now) > .seconds(IngestLimits.watchSeconds) {
      lastSilenceCheck = now
      lookForSilence(session, consumer)
    }
  }

  /// An operator may have decided about a partition, halted or not: a new claim takes it up. Or the
  /// database went back: the batches of a partition that brings nothing would never tell.
  private mutating func lookAtPositions(_ session: Session) {
    guard let reading = board.reading(after: boardNumber) else { return }
    boardNumber = reading.number
    let states = session.assignment.states
    if let lack = floor.lack(of: reading, states, owner: session.claimer.owner) {
      session.restart = lack
    }
    for state in states {
      guard let stored = reading.positions[state.topicPartition] else { continue }
      if state.isDecided(stored, owner: session.claimer.owner) {
        session.restart = "somebody has decided about \(state.topicPartition)"
      }
    }
  }

  /// The watchdog: a broker that has more but sends nothing for two minutes.
  private mutating func lookForSilence(_ session: Session, _ consumer: Consumer) {
    for state in session.assignment.states {
      guard let mark = session.watch.mark(of: state.topicPartition) else { continue }
      guard mark.readableEnd > state.expected, !state.isHalted, state.wait == nil,
        let seen = behind[state.topicPartition],
        seen.expected == state.expected
      else {
        behind[state.topicPartition] =
          mark.readableEnd > state.expected ? (state.expected, .now) : nil
        continue
      }
      if seen.since.duration(to: .now) > .seconds(IngestLimits.silenceSecondsMax),
        consumer.unreceivable.isEmpty
      {
        session.restart = "nothing came from \(state.topicPartition) although there is more"
      }
    }
  }
}
