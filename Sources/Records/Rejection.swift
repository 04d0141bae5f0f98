// SPDX-License-Identifier: Apache-2.0
import JSON

/// A record that is not stored: why, and because of which field.
package struct Rejection: Error, BitwiseCopyable, Hashable, Sendable {
  package let reason: Reason
  /// Index into ``Stream/columns``, or -1 when it concerns the whole record.
  package let column: Int16
  /// Where the value is at fault, in bytes from its beginning; -1 when nobody knows.
  package let offset: Int32
  /// The month has left by the table's policy, or never had a partition.
  package let isByPolicy: Bool

  package init(_ reason: Reason, column: Int = -1, offset: Int = -1, isByPolicy: Bool = false) {
    self.reason = reason
    self.column = Int16(truncatingIfNeeded: column)
    self.offset = Int32(truncatingIfNeeded: offset)
    self.isByPolicy = isByPolicy
  }

  /// The name of the column.
  package func field(in stream: Stream) -> String? {
    let index = Int(column)
    return stream.columns.indices.contains(index) ? stream.columns[index].name : nil
  }

  /// The same at a place, or of a column, that the decoder has not looked for.
  func at(_ offset: Int, column: Int) -> Rejection {
    Rejection(reason, column: column, offset: offset, isByPolicy: isByPolicy)
  }

  /// The same with so many bytes in front of what was read.
  func moved(by bytes: Int) -> Rejection {
    offset < 0 ? self : at(Int(offset) + bytes, column: Int(column))
  }

  /// The names and indexes that lead to the fault in the value of its record; nil when nobody
  /// knows.
  package func path(in payload: UnsafeRawBufferPointer) -> String? {
    guard offset >= 0 else { return nil }
    let content = (try? SchemaFrame.stripAny(payload)) ?? payload
    guard let first = content.first(where: { $0 > 0x20 }),
      first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
    else { return nil }
    return JSONPath.text(to: Int(offset) - (payload.count - content.count), in: content)
  }

  /// What is wrong, where, and what to do; never holds a value of the record.
  package func message(in stream: Stream, path: String? = nil) -> String {
    let position = offset >= 0 ? " (at \(path.map { "\($0), " } ?? "")byte \(offset))" : ""
    let index = Int(column)
    guard stream.columns.indices.contains(index) else { return reason.advice + position }
    let column = stream.columns[index]
    return "\(column.name): \(advice(for: column)) (expected: \(column.expectation))\(position)"
  }

  private func advice(for column: Column) -> String {
    switch (reason, column.kind) {
    case (.tooOld, _) where isByPolicy:
      "the month is no longer kept by the retention policy of the table (daybook policy list)"
    case (.tooOld, _):
      "the time lies before \(TimeBounds.yearMin)-01-01, the earliest that is kept; send current "
        + "records only"
    case (.tooNew, _):
      "the time lies more than \(TimeBounds.aheadSecondsMax) s ahead of the server's clock; check the "
        + "producer's clock and unit"
    case (.wrongType, .timestamp):
      "the time is not a string; send one such as 2026-08-21T09:15:02.123Z, no number of seconds"
    default: reason.advice
    }
  }
}
