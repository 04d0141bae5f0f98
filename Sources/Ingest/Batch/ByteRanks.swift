// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Glibc

/// Byte strings numbered as they come, and where each stands among the others.
///
/// Borrows the bytes: they live as long as this does.
struct ByteRanks {
  typealias Bytes = UnsafeRawBufferPointer

  /// By hash. Two with the same one would stand among each other, which costs nothing but time.
  private var numbers: [UInt64: UInt32] = [:]
  private var names: [Bytes] = []

  mutating func number(of name: Bytes) -> UInt32 {
    let hash = ByteHash.hash(name)
    let next = UInt32(truncatingIfNeeded: names.count)
    let number = numbers[hash, default: next]
    if number == next {
      numbers[hash] = next
      names.append(name)
    }
    return number
  }

  /// By number.
  func ranks(by precedes: (Bytes, Bytes) -> Bool = { Self.order($0, $1) < 0 }) -> [UInt32] {
    var ranks = [UInt32](repeating: 0, count: names.count)
    let sorted = names.indices.sorted { precedes(names[$0], names[$1]) }
    for (rank, number) in sorted.enumerated() { ranks[number] = UInt32(truncatingIfNeeded: rank) }
    return ranks
  }

  /// Below, at or above zero, as `COLLATE "C"` has it.
  static func order(_ left: Bytes, _ right: Bytes) -> Int {
    if let first = left.baseAddress, let second = right.baseAddress {
      let order = memcmp(first, second, min(left.count, right.count))
      if order != 0 { return Int(order) }
    }
    return left.count - right.count
  }
}
