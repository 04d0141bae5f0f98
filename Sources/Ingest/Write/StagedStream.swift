// SPDX-License-Identifier: Apache-2.0
import Digest
import Postgres
import Records
import Text

/// The temporary table for rows of a stream that may be duplicates, and what the functions of the
/// database must know of the stream to settle them: all of it from the stream's declaration.
///
/// The name ends with a hash of the columns: another release of the program, with other columns,
/// has another table on the same server connection.
struct StagedStream: Sendable {
  let stream: Stream
  /// In the temporary schema.
  let table: String
  private let columns: String

  init(_ stream: Stream) {
    self.stream = stream
    columns = stream.storedColumns.map { "\(SQL.identifier($0.name)) \($0.sqlType)" }
      .joined(separator: ", ")
    let hash = SHA256.hex(of: Array(columns.utf8)).prefix(Self.hashDigits)
    table = "daybook_staged_\(stream.table)_\(hash)"
  }

  /// The argument `p_staged` of `daybook_begin_batch`, as SQL.
  static func tables(_ streams: [StagedStream]) -> String {
    array(streams.map { object([("staging", $0.table), ("columns", $0.columns)]) })
  }

  /// The argument `p_staged` of `daybook_apply_batch`, as SQL.
  static func argument(_ streams: [StagedStream]) -> String {
    array(
      streams.map { staged in
        object([
          ("table", staged.stream.table), ("id", staged.stream.idColumn), ("staging", staged.table),
          ("rollup", staged.stream.rollup?.stagingFunction),
        ])
      })
  }

  private static func array(_ objects: [String]) -> String {
    SQL.literal("[\(objects.joined(separator: ", "))]") + "::jsonb"
  }

  private static func object(_ members: [(name: String, value: String?)]) -> String {
    "{\(members.map { "\"\($0.name)\": \(JSONText.string($0.value))" }.joined(separator: ", "))}"
  }

  private static let hashDigits = 8
}
