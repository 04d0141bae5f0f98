// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Records

/// The keys of a batch's rollup deltas as the primary key of `costs_daily` has them.
///
/// The database sorts its deltas, so that two writers meet in one order; what comes sorted it only
/// looks through.
struct RollupOrder {
  /// Indexes of the keys.
  let entries: [Int]

  private static let tenant = column("tenant_id")
  private static let day = column("day")
  private static let firstOfRest = column("slot") + 1
  private static let rest = Rollup.sortColumns.map { column($0) - firstOfRest }

  /// `key`: the COPY fields of ``Rollup/keyColumns``. They live as long as this is made.
  init(count: Int, key: (Int) -> UnsafeRawBufferPointer) {
    var tenants = ByteRanks()
    var rests = ByteRanks()
    var rows: [(tenant: UInt32, day: UInt32, rest: UInt32)] = []
    rows.reserveCapacity(count)
    for index in 0..<count {
      let fields = CopyTuple(fields: key(index))
      rows.append(
        (
          tenants.number(of: fields.value(Self.tenant)),
          UInt32(bitPattern: fields.int32(Self.day) ?? 0) ^ (1 << 31),
          rests.number(of: fields.encoded(from: Self.firstOfRest))
        ))
    }
    let tenantRanks = tenants.ranks()
    let restRanks = rests.ranks { Self.precedes(CopyTuple(fields: $0), CopyTuple(fields: $1)) }
    var keys = rows.enumerated().map { index, row in
      UInt128(tenantRanks[Int(row.tenant)]) << 96 | UInt128(row.day) << 64
        | UInt128(restRanks[Int(row.rest)]) << 32 | UInt128(UInt32(truncatingIfNeeded: index))
    }
    keys.sort()
    entries = keys.map { Int(UInt32(truncatingIfNeeded: $0)) }
  }

  private static func precedes(_ left: CopyTuple, _ right: CopyTuple) -> Bool {
    for field in rest {
      let order = ByteRanks.order(left.value(field), right.value(field))
      if order != 0 { return order < 0 }
    }
    return false
  }

  /// Both lists of names are ours, and no record has a part in them.
  private static func column(_ name: String) -> Int {
    guard let index = Rollup.keyColumns.firstIndex(of: name) else {
      preconditionFailure("a rollup delta has no \(name)")
    }
    return index
  }
}
