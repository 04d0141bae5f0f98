// SPDX-License-Identifier: Apache-2.0
import CopyFormat

/// Draws times between two moments and writes them fast: the text of each day is made once.
struct GeneratorCalendar {
  private let start: Timestamp
  private let end: Timestamp
  private let dayTexts: [[UInt8]]

  /// Records arrive roughly in order, up to so much late.
  static let jitterMicrosecondsMax: Int64 = 6 * 3_600 * 1_000_000

  init(start: Timestamp, end: Timestamp) {
    self.start = start
    self.end = end
    // One day more on both sides, for times written with an offset.
    dayTexts = (start.day - 1...end.day + 1).map {
      Array(CivilDate(daysSince2000: Int64($0)).description.utf8)
    }
  }

  /// A moment near `position` (0…1) of the window.
  func moment(at position: Double, _ random: inout SeededRandom) -> Timestamp {
    let width = end.microseconds - start.microseconds
    let wanted = start.microseconds + Int64(Double(width) * position)
    let late = Int64(random.unit() * Double(Self.jitterMicrosecondsMax))
    return Timestamp(microseconds: min(max(wanted - late, start.microseconds), end.microseconds))
  }

  /// RFC 3339 with microseconds, in UTC or at +02:00.
  func write(_ time: Timestamp, isLocal: Bool, to writer: inout PayloadWriter) {
    let offsetHours: Int64 = isLocal ? 2 : 0
    let shown = Timestamp(microseconds: time.microseconds + offsetHours * 3_600_000_000)
    writer.raw(dayTexts[Int(shown.day - start.day + 1)])
    let inDay = shown.microseconds - Int64(shown.day) * Timestamp.microsecondsPerDay
    let seconds = inDay / 1_000_000
    writer.raw("T")
    writer.digits(seconds / 3_600, width: 2)
    writer.raw(":")
    writer.digits(seconds / 60 % 60, width: 2)
    writer.raw(":")
    writer.digits(seconds % 60, width: 2)
    writer.raw(".")
    writer.digits(inDay % 1_000_000, width: 6)
    if isLocal { writer.raw("+02:00") } else { writer.raw("Z") }
  }
}
