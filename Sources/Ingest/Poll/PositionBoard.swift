// SPDX-License-Identifier: Apache-2.0
import Kafka
import Postgres
import Synchronization

/// What the database last said about the positions of a process, for its polling threads: they must
/// not wait for the database to learn what an operator has decided, or that it went back. Any
/// thread.
final class PositionBoard: Sendable {
  /// A reading, with its number.
  struct Reading {
    var number = 0
    /// Before the database was asked: what was acknowledged by then is in it.
    var begunAt = ContinuousClock.now
    var positions: [TopicPartition: StoredPosition] = [:]
  }

  private let source: StoredPositions
  private let reading = Mutex(Reading())

  init(_ source: StoredPositions) { self.source = source }

  func refresh(_ link: DatabaseLink) throws(PostgresError) {
    let begunAt = ContinuousClock.now
    let positions = try source.read(link)
    reading.withLock {
      $0 = Reading(number: $0.number + 1, begunAt: begunAt, positions: positions)
    }
  }

  /// The latest reading; nil if it is the one of that number.
  func reading(after number: Int) -> Reading? {
    reading.withLock { $0.number == number ? nil : $0 }
  }
}
