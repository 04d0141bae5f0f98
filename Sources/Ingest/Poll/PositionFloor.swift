// SPDX-License-Identifier: Apache-2.0
import Kafka

/// What a session knows that the database has of its positions: its claims, and what was committed.
///
/// A reading that began later and has less is of a database that went back: it was restored to a
/// point in time, or promoted without its tail.
struct PositionFloor {
  private struct Known {
    let epoch: Int64
    let next: Int64
  }

  private var known: [TopicPartition: Known] = [:]
  /// When that was known: a commit that was on its way then may be in a reading, or not.
  private var knownAt: ContinuousClock.Instant?

  /// What the reading lacks, in words; nil if it is nothing, or began too early to tell.
  mutating func lack(
    of reading: PositionBoard.Reading, _ states: [PartitionState], owner: String,
    now: ContinuousClock.Instant = .now
  ) -> String? {
    if let knownAt, reading.begunAt <= knownAt { return nil }
    var lack: String?
    var known: [TopicPartition: Known] = [:]
    for state in states {
      lack = lack ?? self.lack(of: reading.positions[state.topicPartition], state, owner)
      known[state.topicPartition] = Known(epoch: state.epoch, next: state.committed)
    }
    self.known = known
    knownAt = now
    return lack
  }

  private func lack(
    of stored: StoredPosition?, _ state: PartitionState, _ owner: String
  ) -> String? {
    let topicPartition = state.topicPartition
    // Of a claim that came since then nothing is known yet.
    guard let floor = known[topicPartition], floor.epoch == state.epoch else { return nil }
    guard let stored else { return "the database has no position of \(topicPartition) any more" }
    // A later epoch is somebody's decision, or another claim.
    guard stored.epoch <= floor.epoch else { return nil }
    guard stored.epoch == floor.epoch, stored.owner == owner else {
      return "the database does not know the claim of \(topicPartition) any more"
    }
    guard stored.next < floor.next else { return nil }
    return "the database is at \(topicPartition)@\(stored.next), \(floor.next) was committed"
  }
}
