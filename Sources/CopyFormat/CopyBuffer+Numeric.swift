// SPDX-License-Identifier: Apache-2.0

extension CopyBuffer {
  /// `numeric_recv`: digits in base 10 000, with the weight of the first and the display scale.
  ///
  /// An amount has at most 39 decimal digits, 12 of them after the point: 10 digits in base 10 000.
  package mutating func append(amount: Amount) {
    let groupCountMax = 10
    let fractionGroups = Amount.scale / 4
    var magnitude = amount.units.magnitude
    withUnsafeTemporaryAllocation(of: UInt16.self, capacity: groupCountMax) { groups in
      // groups[0] is the least significant; trailing zero groups are not sent.
      var used = 0
      var first = 0
      while magnitude > 0, used < groupCountMax {
        let group: UInt16
        if let small = UInt64(exactly: magnitude) {
          group = UInt16(truncatingIfNeeded: small % 10_000)
          magnitude = UInt128(small / 10_000)
        } else {
          group = UInt16(truncatingIfNeeded: magnitude % 10_000)
          magnitude /= 10_000
        }
        groups[used] = group
        if group == 0 && first == used { first += 1 }
        used += 1
      }
      let digits = Int16(used - first)
      append(raw: Int32(8 + 2 * Int32(digits)))
      append(raw: digits)
      append(raw: Int16(digits == 0 ? 0 : used - 1 - fractionGroups))
      append(raw: UInt16(amount.units < 0 ? 0x4000 : 0))
      append(raw: UInt16(Amount.scale))
      for index in stride(from: used - 1, through: first, by: -1) { append(raw: groups[index]) }
    }
  }
}
