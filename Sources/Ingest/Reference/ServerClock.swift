// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Postgres
import Synchronization

/// The time of the database server as this process reckons it: a clock that never jumps, plus the
/// offset that was measured last. Any thread.
///
/// It decides what is too new, and stamps rows: the clocks of the hosts then need not agree, and
/// one that is set wrong while we run refuses nothing and admits nothing.
final class ServerClock: Sendable {
  private let sample = Mutex<ClockSample?>(nil)
  private let host: @Sendable () -> Timestamp
  private let monotonic: @Sendable () -> Int64

  /// The clocks of this machine, unless a test gives others; `monotonic` in microseconds.
  init(
    host: @escaping @Sendable () -> Timestamp = { .now() },
    monotonic: @escaping @Sendable () -> Int64 = ServerClock.elapsed
  ) {
    self.host = host
    self.monotonic = monotonic
  }

  /// The server's time, and how far the host's wall clock is ahead of it.
  ///
  /// Before the first measurement the host's own.
  var reading: ClockReading {
    let hostNow = host()
    guard let offset = sample.withLock({ $0?.offset }) else {
      return ClockReading(now: hostNow, hostAhead: 0)
    }
    let now = Timestamp(microseconds: monotonic() &+ offset)
    return ClockReading(now: now, hostAhead: hostNow.microseconds &- now.microseconds)
  }

  func measure(_ connection: inout Connection) throws(PostgresError) {
    let sentAt = monotonic()
    let answer = try connection.query(
      "SELECT (extract(epoch FROM pg_catalog.clock_timestamp()) * 1000000)::bigint")
    guard let microseconds = answer.int64(0, 0) else { return }
    adopt(
      ClockSample(
        server: Timestamp(unixMicroseconds: microseconds), sentAt: sentAt, receivedAt: monotonic()))
  }

  func adopt(_ newer: ClockSample) {
    sample.withLock { known in
      if known?.isReplaced(by: newer) != false { known = newer }
    }
  }

  /// Microseconds since some moment; goes on while the machine sleeps.
  static func elapsed() -> Int64 {
    let (seconds, attoseconds) = origin.duration(to: .now).components
    return seconds &* Timestamp.microsecondsPerSecond &+ attoseconds / 1_000_000_000_000
  }

  private static let origin = ContinuousClock.now
}

/// What both clocks said at one moment.
struct ClockReading: Equatable, BitwiseCopyable {
  var now: Timestamp
  /// The host's clock minus the server's, microseconds.
  var hostAhead: Int64

  var host: Timestamp { Timestamp(microseconds: now.microseconds &+ hostAhead) }

  /// One of the clocks is wrong, and nobody here knows which.
  var isContradictory: Bool { isFarther(than: IngestLimits.clockOffsetSecondsMax) }

  var isNoticeable: Bool { isFarther(than: IngestLimits.clockOffsetSecondsWarned) }

  private func isFarther(than seconds: Int64) -> Bool {
    hostAhead.magnitude > UInt64(seconds * Timestamp.microsecondsPerSecond)
  }
}
