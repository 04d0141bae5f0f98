// SPDX-License-Identifier: Apache-2.0
import Foundation
import Postgres
import Telemetry

/// Keeps what a process knows of the database fresh, on a thread and a connection of its own: its
/// time, prices and time zones, and the positions, about which operators decide.
///
/// Polls instead of LISTEN: behind a pooler in transaction mode a session belongs to nobody.
final class ReferenceRefresher: @unchecked Sendable {
  // Sendable: `link` and the variables are used by `load`, and after that by the thread alone.
  // Behind a `load` that a stop has left there is no thread.
  private let cache: ReferenceCache
  private let board: PositionBoard
  private let link: DatabaseLink
  private let stop: StopFlag
  private let done = DispatchSemaphore(value: 0)
  private let health: Health
  /// When a failure of this outage was counted last; nil: there is none.
  private var countedAt: ContinuousClock.Instant?
  private var clockWatch = ClockWatch()

  init(
    _ settings: IngestSettings, cache: ReferenceCache, board: PositionBoard, stop: StopFlag,
    health: Health
  ) {
    self.cache = cache
    self.board = board
    self.health = health
    self.stop = stop
    link = DatabaseLink(settings.database)
  }

  /// Reads for the first time, before any record is decoded: waits for a database that is away.
  func load() throws(IngestError) {
    var backoff = Backoff()
    while !stop.isRequested {
      do throws(PostgresError) {
        try cache.refresh(link)
        setGood()
        clockWatch.look(cache.clock.reading, health)
        return
      } catch {
        error.count()
        if error.recovery == .stop { throw IngestError("\(error)", exitCode: error.exitCode) }
        health.set(Self.condition, failure: "prices not read yet")
        Log.warn("prices and time zones cannot be read", ["error": LogValue("\(error)")])
      }
      stop.pause(milliseconds: backoff.next())
    }
  }

  func start() {
    let thread = Thread { [self] in
      run()
      done.signal()
    }
    thread.name = "reference"
    thread.start()
  }

  /// Waits for the end after a stop; a read that hangs is left behind.
  func join(by deadline: ContinuousClock.Instant) {
    let milliseconds = max(.zero, deadline - .now) / .milliseconds(1)
    _ = done.wait(timeout: .now() + .milliseconds(Int(milliseconds)))
  }

  private func run() {
    while !stop.isRequested {
      stop.pause(milliseconds: IngestLimits.referencePollMilliseconds)
      if stop.isRequested { break }
      do throws(PostgresError) {
        try cache.refresh(link)
        try board.refresh(link)
        countedAt = nil
        setGood()
      } catch {
        fail(error)
      }
      // Also in an outage: what was measured last stays good.
      clockWatch.look(cache.clock.reading, health)
    }
    link.close()
  }

  /// Until the next reading should be there, and was missed a few times.
  private func setGood() {
    health.set(
      Self.condition, goodFor: IngestLimits.readingSecondsBeforeNotReady,
      then:
        "prices and positions are not read for \(IngestLimits.readingSecondsBeforeNotReady) s")
  }

  /// Where no records come, nobody else notices an outage. It is logged as it begins; those that
  /// have batches tell more.
  private func fail(_ error: PostgresError) {
    if !health.isGood(Self.condition) {
      health.set(
        Self.condition, failure: "prices and positions cannot be read: \(error.sqlState.rawValue)")
    }
    if countedAt == nil {
      Log.warn(
        "prices and time zones cannot be read, the last ones stay in use",
        ["error": LogValue("\(error)")])
    }
    guard countedAt.map({ $0.duration(to: .now) > Self.countPause }) ?? true else { return }
    error.count(isRetried: true)
    countedAt = .now
  }

  private static let condition = "reference"
  /// One outage must not count as dozens of errors because somebody reads every 2 s.
  private static let countPause = Duration.seconds(10)
}
