// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Records

/// The direct rows of one stream by tenant and time, as their primary key has it.
///
/// So a row goes into the index beside the row before it, the rows of a tenant lie together, and
/// two workers that meet each other's records wait in one order.
struct RowOrder {
  /// Indexes of entries of the batch.
  let entries: [Int]

  init(_ batch: Batch, stream: Int) {
    let identity = batch.streams[stream].identityFields
    var tenants = ByteRanks()
    var rows: [(tenant: UInt32, time: UInt64, entry: UInt32)] = []
    rows.reserveCapacity(batch.withRows(of: stream) { $0.directCount })
    for index in batch.directEntries(of: stream) {
      let row = CopyTuple(batch.rowBytes(of: index))
      rows.append(
        (
          tenants.number(of: row.value(identity[0])),
          UInt64(bitPattern: row.int64(identity[1]) ?? 0) ^ (1 << 63),
          UInt32(truncatingIfNeeded: index)
        ))
    }
    let ranks = tenants.ranks()
    var keys = rows.map { row in
      UInt128(ranks[Int(row.tenant)]) << 96 | UInt128(row.time) << 32 | UInt128(row.entry)
    }
    keys.sort()
    entries = keys.map { Int(UInt32(truncatingIfNeeded: $0)) }
  }
}
