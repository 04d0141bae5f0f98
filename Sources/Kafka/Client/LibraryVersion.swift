// SPDX-License-Identifier: Apache-2.0
import CRdKafka

/// The version of the librdkafka that is loaded, which need not be the one that was compiled
/// against.
package struct LibraryVersion: Comparable, Sendable, CustomStringConvertible {
  /// `0xMMmmrrxx`: major, minor, revision, pre-release (0xff is a release).
  package let rawValue: Int32

  package init(rawValue: Int32) { self.rawValue = rawValue }

  package init(_ major: Int32, _ minor: Int32, _ revision: Int32) {
    rawValue = major << 24 | minor << 16 | revision << 8 | 0xff
  }

  /// The oldest version whose interface and faults this program knows.
  package static let oldestSupported = LibraryVersion(2, 0, 2)
  /// Before this version a seek waits for a thousandth of its time (#4230).
  package static let oldestTimedSeek = LibraryVersion(2, 1, 0)
  /// Before this version a cooperative member that is destroyed before its first assignment aborts
  /// the process (#4381).
  package static let oldestEndedBeforeAssignment = LibraryVersion(2, 3, 0)
  /// Before this version an idempotent producer with several requests in flight can end with
  /// OUT_OF_ORDER_SEQUENCE_NUMBER, a fatal error, when a broker comes back (#4438).
  package static let oldestIdempotentInFlight = LibraryVersion(2, 3, 0)
  /// Cooperative rebalancing loses assignments and can hang before this version.
  package static let oldestCooperative = LibraryVersion(2, 10, 1)

  package static var loaded: LibraryVersion { LibraryVersion(rawValue: rd_kafka_version()) }

  /// What to ask the library for, so that a seek waits this long.
  func seekTimeout(milliseconds: Int32) -> Int32 {
    // A wait of 0 would mean not to wait at all, and then a record of before may still come.
    let wanted = max(1, milliseconds)
    guard self < .oldestTimedSeek else { return wanted }
    let (scaled, isTooLong) = wanted.multipliedReportingOverflow(by: 1_000)
    return isTooLong ? .max : scaled
  }

  /// Throws when the loaded library is older than the oldest supported one.
  package static func check(_ version: LibraryVersion = .loaded) throws(KafkaError) {
    guard version < oldestSupported else { return }
    throw KafkaError(
      .notImplemented,
      "librdkafka \(version) is too old: install version \(oldestSupported) or newer")
  }

  package static func < (left: LibraryVersion, right: LibraryVersion) -> Bool {
    left.rawValue < right.rawValue
  }

  package var description: String {
    "\(rawValue >> 24).\(rawValue >> 16 & 0xff).\(rawValue >> 8 & 0xff)"
  }
}
