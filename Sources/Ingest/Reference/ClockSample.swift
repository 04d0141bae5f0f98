// SPDX-License-Identifier: Apache-2.0
import CopyFormat

/// One look at the server's clock. Times are microseconds; those of our own clock are monotonic and
/// begin anywhere.
struct ClockSample: Equatable, BitwiseCopyable {
  /// The server's clock minus ours: its time is taken to be that of the middle of the round trip.
  let offset: Int64
  /// Half of the round trip: the true offset is no farther away.
  let uncertainty: Int64
  /// When the answer came, by our clock.
  let takenAt: Int64

  /// Clocks that NTP disciplines are never made to drift faster: 500 parts in a million.
  private static let driftDivisor: Int64 = 2000

  init(server: Timestamp, sentAt: Int64, receivedAt: Int64) {
    uncertainty = max(0, (receivedAt &- sentAt) / 2)
    offset = server.microseconds &- sentAt &- uncertainty
    takenAt = receivedAt
  }

  /// True if `newer` tells more, or something else: then the server's clock was set, or it is
  /// another server. A slow answer is not believed before the better one is old.
  func isReplaced(by newer: ClockSample) -> Bool {
    let grown = uncertainty &+ (newer.takenAt &- takenAt) / Self.driftDivisor
    let distance = (newer.offset &- offset).magnitude
    return newer.uncertainty <= grown || distance > (newer.uncertainty &+ grown).magnitude
  }
}
