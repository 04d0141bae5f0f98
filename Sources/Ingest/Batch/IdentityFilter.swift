// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// The identities that the process has seen lately: tells which rows may be duplicates and must
/// take the staging path. Any thread.
///
/// An eight-way set-associative table of 64-bit fingerprints, one cache line a set, of fixed size,
/// shared by the workers: what a partition brought is known wherever it moves. "New" may be wrong
/// for an identity that was pushed out, or that two workers see at the same moment (the unique
/// index then finds it); "seen" is wrong with a probability of about 2⁻⁶¹ a record (the row is only
/// staged in vain).
final class IdentityFilter: @unchecked Sendable {
  // Sendable: the slots are atomic; the rest is constant.
  private static let ways = 8

  private let slots: UnsafeMutablePointer<Atomic<UInt64>>
  private let setMask: UInt64
  private let count: Int

  /// Holds up to `1 << slotBits` identities: 2²¹ of them take 16 MiB.
  init(slotBits: Int) {
    precondition((4...30).contains(slotBits), "between one set and 8 GiB")
    count = 1 << slotBits
    slots = .allocate(capacity: count)
    for index in 0..<count { (slots + index).initialize(to: Atomic(0)) }
    setMask = UInt64(count / Self.ways - 1)
  }

  deinit {
    slots.deinitialize(count: count)
    slots.deallocate()
  }

  /// Remembers the identity; true if it was not there.
  func insert(_ hash: UInt64) -> Bool {
    let fingerprint = hash == 0 ? 1 : hash
    let set = slots + Int(truncatingIfNeeded: (hash >> 32 & setMask)) * Self.ways
    var free = -1
    for way in 0..<Self.ways {
      let found = set[way].load(ordering: .relaxed)
      if found == fingerprint { return false }
      if found == 0 && free < 0 { free = way }
    }
    // Any way may give place; bits that did not choose the set choose it.
    let way = free < 0 ? Int(truncatingIfNeeded: hash) & (Self.ways - 1) : free
    set[way].store(fingerprint, ordering: .relaxed)
    return true
  }

  /// Forgets what a batch has brought that was not stored: it is read again, perhaps by another
  /// worker, and is no duplicate then.
  func forget(_ batch: Batch) {
    for entry in batch.entries {
      if case .direct = entry.path { forget(entry.identity) }
    }
  }

  private func forget(_ hash: UInt64) {
    let fingerprint = hash == 0 ? 1 : hash
    let set = slots + Int(truncatingIfNeeded: (hash >> 32 & setMask)) * Self.ways
    for way in 0..<Self.ways where set[way].load(ordering: .relaxed) == fingerprint {
      set[way].store(0, ordering: .relaxed)
    }
  }
}
