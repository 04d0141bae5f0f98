// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Postgres
import Sysexits

/// Nothing expires by a clock that is wrong: the server's and ours have to agree roughly.
enum ClockGuard {
  static let skewSecondsMax: Int64 = 3600

  static func check(_ session: inout MaintenanceSession) throws(UpkeepError) {
    let row = try session.note("SELECT extract(epoch FROM clock_timestamp())::bigint")
    guard let theirs = row.int64(0, 0) else { return }
    let ours = Timestamp.now().unixMicroseconds / Timestamp.microsecondsPerSecond
    if let complaint = complaint(server: theirs, host: ours) {
      throw UpkeepError(complaint, exitCode: .temporary)
    }
  }

  /// What is wrong with two clocks, in seconds since 1970; nil when they agree.
  static func complaint(server: Int64, host: Int64) -> String? {
    guard abs(server - host) > skewSecondsMax else { return nil }
    return "the server's clock is \(server - host) s from this host's: nothing expires until they "
      + "agree within \(skewSecondsMax) s (NTP)"
  }
}
