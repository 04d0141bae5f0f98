// SPDX-License-Identifier: Apache-2.0

/// The tenants that have a time zone of their own: their rollup deltas carry the quarter of an hour.
///
/// A set that is asked with borrowed bytes and allocates nothing. Immutable, any thread.
final class ZonedTenants: Sendable {
  static let none = ZonedTenants([], revision: "")

  /// Changes when any zone does.
  let revision: String
  let count: Int
  private let bytes: [UInt8]
  /// The slice of `bytes` that holds each tenant.
  private let ranges: [Range<Int>]
  /// Index into `ranges` plus 1; 0 is free. The count is a power of two, at most half of it used.
  private let slots: [Int32]

  init(_ tenants: [String], revision: String) {
    self.revision = revision
    var bytes: [UInt8] = []
    var ranges: [Range<Int>] = []
    var slots = [Int32](repeating: 0, count: Self.slotCount(for: tenants.count))
    for tenant in tenants {
      let start = bytes.count
      bytes += Array(tenant.utf8)
      ranges.append(start..<bytes.count)
      var slot = bytes[start...].withUnsafeBytes { Self.hash($0) } & (slots.count - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = Int32(truncatingIfNeeded: ranges.count)
    }
    count = ranges.count
    (self.bytes, self.ranges, self.slots) = (bytes, ranges, slots)
  }

  /// `tenant` is UTF-8.
  func contains(_ tenant: UnsafeRawBufferPointer) -> Bool {
    guard count > 0 else { return false }
    var slot = Self.hash(tenant) & (slots.count - 1)
    while slots[slot] != 0 {
      let range = ranges[Int(slots[slot]) - 1]
      if range.count == tenant.count, bytes[range].elementsEqual(tenant) { return true }
      slot = (slot + 1) & (slots.count - 1)
    }
    return false
  }

  private static func slotCount(for count: Int) -> Int {
    var slots = 8
    while slots < count * 2 { slots *= 2 }
    return slots
  }

  /// FNV-1a.
  private static func hash(_ bytes: UnsafeRawBufferPointer) -> Int {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return Int(truncatingIfNeeded: hash ^ hash >> 32)
  }
}
