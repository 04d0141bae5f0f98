// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Glibc
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
    var tenants = Tenants()
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
    let ranks = tenants.ranks
    var keys = rows.map { row in
      UInt128(ranks[Int(row.tenant)]) << 96 | UInt128(row.time) << 32 | UInt128(row.entry)
    }
    keys.sort()
    entries = keys.map { Int(UInt32(truncatingIfNeeded: $0)) }
  }

  /// The tenants of a batch, in the order in which they come.
  private struct Tenants {
    /// By hash. Two tenants with the same one would stand among each other, which costs nothing but
    /// time.
    private var numbers: [UInt64: UInt32] = [:]
    private var names: [UnsafeRawBufferPointer] = []

    mutating func number(of name: UnsafeRawBufferPointer) -> UInt32 {
      let next = UInt32(truncatingIfNeeded: names.count)
      let number = numbers[ByteHash.hash(name), default: next]
      if number == next {
        numbers[ByteHash.hash(name)] = next
        names.append(name)
      }
      return number
    }

    /// By number: where the tenant stands among the others, as `COLLATE "C"` has it.
    var ranks: [UInt32] {
      var ranks = [UInt32](repeating: 0, count: names.count)
      let sorted = names.indices.sorted { Self.precedes(names[$0], names[$1]) }
      for (rank, number) in sorted.enumerated() { ranks[number] = UInt32(truncatingIfNeeded: rank) }
      return ranks
    }

    private static func precedes(
      _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer
    ) -> Bool {
      guard let first = left.baseAddress, let second = right.baseAddress else {
        return left.count < right.count
      }
      let order = memcmp(first, second, min(left.count, right.count))
      return order == 0 ? left.count < right.count : order < 0
    }
  }
}
