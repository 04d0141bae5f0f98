// SPDX-License-Identifier: Apache-2.0

/// The identities seen lately: tells which rows may be duplicates and must take the staging path.
///
/// An eight-way set-associative table of 64-bit fingerprints, one cache line a set, of fixed size.
/// "New" may be wrong for an identity that was pushed out (the unique index then finds it);
/// "seen" is wrong with a probability of about 2⁻⁶¹ a record (the row is only staged in vain).
struct IdentityFilter: ~Copyable {
  private static let ways = 8

  private let slots: UnsafeMutablePointer<UInt64>
  private let setMask: UInt64

  /// Holds up to `1 << slotBits` identities: 2²¹ of them take 16 MiB.
  init(slotBits: Int) {
    precondition((4...30).contains(slotBits), "between one set and 8 GiB")
    let count = 1 << slotBits
    slots = .allocate(capacity: count)
    slots.initialize(repeating: 0, count: count)
    setMask = UInt64(count / Self.ways - 1)
  }

  deinit {
    slots.deallocate()
  }

  /// Remembers the identity; true if it was not there.
  mutating func insert(_ hash: UInt64) -> Bool {
    let fingerprint = hash == 0 ? 1 : hash
    let set = slots + Int(truncatingIfNeeded: (hash >> 32 & setMask)) * Self.ways
    var free = -1
    for way in 0..<Self.ways {
      if set[way] == fingerprint { return false }
      if set[way] == 0 && free < 0 { free = way }
    }
    // Any way may give place; bits that did not choose the set choose it.
    set[free < 0 ? Int(truncatingIfNeeded: hash) & (Self.ways - 1) : free] = fingerprint
    return true
  }
}
