// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Postgres
import Sysexits

/// A row of `partition_retirements`, read just before a step: the plan may be older.
struct RetirementRow {
  let id: Int64
  let state: Retirement.State
  let lower: Timestamp
  let upper: Timestamp
  let manifestPath: String?
  /// Counted when it stood alone.
  let rowCount: Int64?
  /// SHA-256 of the archived content, hexadecimal.
  let contentSHA256: String?
  /// How often the month has left before.
  let earlierCount: Int

  static func read(
    _ table: String, _ partition: String, _ session: inout MaintenanceSession
  ) throws(UpkeepError) -> RetirementRow {
    let row = try session.note(
      """
      SELECT retirement_id, state, (extract(epoch FROM lower_bound) * 1000000)::bigint,
        (extract(epoch FROM upper_bound) * 1000000)::bigint, manifest_path,
        encode(content_sha256, 'hex'), row_count, jsonb_array_length(earlier)
      FROM \(session.qualified("partition_retirements"))
      WHERE table_name = $1 AND partition_name = $2 AND state <> 'dropped'
      """, [table, partition])
    guard let id = row.int64(0, 0), let state = row.text(0, 1).flatMap(Retirement.State.init),
      let lower = row.int64(0, 2), let upper = row.int64(0, 3)
    else {
      throw UpkeepError("\(partition) is not on its way out any more", exitCode: .temporary)
    }
    return RetirementRow(
      id: id, state: state, lower: Timestamp(unixMicroseconds: lower),
      upper: Timestamp(unixMicroseconds: upper), manifestPath: row.text(0, 4),
      rowCount: row.int64(0, 6), contentSHA256: row.text(0, 5),
      earlierCount: row.int64(0, 7).flatMap { Int(exactly: $0) } ?? 0)
  }
}
