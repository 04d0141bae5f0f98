// SPDX-License-Identifier: Apache-2.0

/// Numbers by name: a hash table with open addressing over bytes, built once.
///
/// At most half of the slots are taken. Names come from the database, so a record cannot lengthen a
/// chain.
package struct NameTable: Sendable {
  private struct Slot: BitwiseCopyable {
    var hash: UInt64 = 0
    var offset: Int32 = 0
    var length: Int32 = 0
    var scope: Int32 = 0
    /// Negative: the slot is free.
    var number: Int32 = -1
  }

  private let bytes: [UInt8]
  private let slots: [Slot]
  private let foldsCase: Bool

  /// Of names that are twice in a scope the first counts. `foldsCase`: ASCII case is ignored, and
  /// the names are in lower case.
  package init(_ names: [(scope: Int32, name: String, number: Int32)], foldsCase: Bool = false) {
    var bytes: [UInt8] = []
    var capacity = 8
    while capacity < names.count * 2 { capacity *= 2 }
    var slots = [Slot](repeating: Slot(), count: capacity)
    for entry in names {
      let name = Array(entry.name.utf8)
      let hash = name.withUnsafeBytes { Self.hash($0, entry.scope, foldsCase) }
      var index = Int(truncatingIfNeeded: hash) & (capacity - 1)
      while slots[index].number >= 0 {
        let slot = slots[index]
        let start = Int(slot.offset)
        if slot.scope == entry.scope, bytes[start..<start + Int(slot.length)].elementsEqual(name) {
          break
        }
        index = (index + 1) & (capacity - 1)
      }
      guard slots[index].number < 0 else { continue }
      slots[index] = Slot(
        hash: hash, offset: Int32(bytes.count), length: Int32(name.count), scope: entry.scope,
        number: entry.number)
      bytes += name
    }
    self.bytes = bytes
    self.slots = slots
    self.foldsCase = foldsCase
  }

  /// Negative when there is no such name.
  @inline(__always) package func number(_ name: UnsafeRawBufferPointer, scope: Int32 = 0) -> Int32 {
    let hash = Self.hash(name, scope, foldsCase)
    let mask = slots.count - 1
    var index = Int(truncatingIfNeeded: hash) & mask
    while true {
      let slot = slots[index]
      if slot.number < 0 { return -1 }
      if slot.hash == hash, slot.scope == scope, isEqual(name, slot) { return slot.number }
      index = (index + 1) & mask
    }
  }

  private func isEqual(_ name: UnsafeRawBufferPointer, _ slot: Slot) -> Bool {
    guard name.count == Int(slot.length) else { return false }
    return bytes.withUnsafeBytes { bytes in
      for index in 0..<name.count {
        var byte = name[index]
        if foldsCase, byte &- UInt8(ascii: "A") < 26 { byte |= 0x20 }
        if byte != bytes[Int(slot.offset) + index] { return false }
      }
      return true
    }
  }

  /// Eight bytes at a time; folding sets a bit that the comparison looks at again.
  @inline(__always) private static func hash(
    _ name: UnsafeRawBufferPointer, _ scope: Int32, _ foldsCase: Bool
  ) -> UInt64 {
    let fold: UInt64 = foldsCase ? 0x2020_2020_2020_2020 : 0
    var hash = UInt64(truncatingIfNeeded: scope) &* 0x9e37_79b9_7f4a_7c15 ^ UInt64(name.count)
    var index = 0
    while index + 8 <= name.count {
      let word = name.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      hash = mixed(hash ^ (word | fold))
      index += 8
    }
    var tail: UInt64 = 0
    while index < name.count {
      tail = tail << 8 | UInt64(name[index])
      index += 1
    }
    return mixed(hash ^ (tail | fold))
  }

  @inline(__always) private static func mixed(_ value: UInt64) -> UInt64 {
    let product = value.multipliedFullWidth(by: 0xd6e8_feb8_6659_fd93)
    return product.high ^ product.low
  }
}
