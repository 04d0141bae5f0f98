// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Telemetry

/// Tells of a host whose clock is not the server's: a metric, one warning, and not ready when one
/// of them must be wrong.
struct ClockWatch {
  private var hasWarned = false

  private static let check = "clock"

  mutating func look(_ reading: ClockReading, _ health: Health) {
    let seconds = Double(reading.hostAhead) / Double(Timestamp.microsecondsPerSecond)
    Metrics.clockOffset.set(seconds)
    health.set(
      Self.check, failure: reading.isContradictory ? "the clocks of host and server differ" : nil)
    if reading.isNoticeable != hasWarned {
      hasWarned = reading.isNoticeable
      if hasWarned {
        Log.warn(
          "the host's clock is not the server's: repair NTP",
          ["host_minus_server_s": LogValue(seconds)])
      } else {
        Log.info(
          "the host's clock is the server's again", ["host_minus_server_s": LogValue(seconds)])
      }
    }
  }
}
