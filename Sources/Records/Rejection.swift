// SPDX-License-Identifier: Apache-2.0

/// A record that is not stored: why, and because of which field.
package struct Rejection: Error, BitwiseCopyable, Hashable, Sendable {
  package let reason: Reason
  /// Index into ``Stream/columns``, or -1 when it concerns the whole record.
  package let column: Int16

  package init(_ reason: Reason, column: Int = -1) {
    self.reason = reason
    self.column = Int16(truncatingIfNeeded: column)
  }

  /// The name of the column.
  package func field(in stream: Stream) -> String? {
    let index = Int(column)
    return stream.columns.indices.contains(index) ? stream.columns[index].name : nil
  }

  /// What is wrong and what to do; never holds anything of the record.
  package func message(in stream: Stream) -> String {
    let index = Int(column)
    guard stream.columns.indices.contains(index) else { return reason.advice }
    let column = stream.columns[index]
    return "\(column.name): \(reason.advice) (expected: \(column.expectation))"
  }
}
