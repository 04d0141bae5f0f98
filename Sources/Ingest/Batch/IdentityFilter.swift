// SPDX-License-Identifier: Apache-2.0
import Glibc
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
  private static let lineBytes = ways * MemoryLayout<UInt64>.size
  private static let hugePageBytes = 2 << 20

  private let slots: UnsafeMutablePointer<Atomic<UInt64>>
  private let setMask: UInt64
  private let count: Int

  /// Holds up to `1 << slotBits` identities: 2²¹ of them take 16 MiB.
  init(slotBits: Int) {
    precondition((4...30).contains(slotBits), "between one set and 8 GiB")
    count = 1 << slotBits
    slots = Self.memory(byteCount: count * MemoryLayout<UInt64>.size)
      .bindMemory(to: Atomic<UInt64>.self, capacity: count)
    for index in 0..<count { (slots + index).initialize(to: Atomic(0)) }
    setMask = UInt64(count / Self.ways - 1)
  }

  /// Begins with a cache line, and where it is large lies in huge pages if the system has any: each
  /// record looks at another place, so that with small ones the processor would have to look up
  /// where that page is.
  private static func memory(byteCount: Int) -> UnsafeMutableRawPointer {
    guard byteCount >= hugePageBytes else {
      return .allocate(byteCount: byteCount, alignment: lineBytes)
    }
    let memory = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: hugePageBytes)
    madvise(memory, byteCount, MADV_HUGEPAGE)
    return memory
  }

  deinit {
    slots.deinitialize(count: count)
    slots.deallocate()
  }

  /// Fetches what `insert` will look at, which is in nobody's cache, while something else is done.
  func fetch(_ hash: UInt64) { prefetch(set(of: hash), count: Self.lineBytes) }

  private func set(of hash: UInt64) -> UnsafeMutablePointer<Atomic<UInt64>> {
    slots + Int(truncatingIfNeeded: (hash >> 32 & setMask)) * Self.ways
  }

  /// Remembers the identity; true if it was not there.
  func insert(_ hash: UInt64) -> Bool {
    let fingerprint = hash == 0 ? 1 : hash
    let set = set(of: hash)
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
    let set = set(of: hash)
    for way in 0..<Self.ways where set[way].load(ordering: .relaxed) == fingerprint {
      set[way].store(0, ordering: .relaxed)
    }
  }
}
