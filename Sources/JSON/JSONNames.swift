// SPDX-License-Identifier: Apache-2.0
import CSimdJSON

/// The keys whose values are read; what stands under others is skipped, whatever it holds.
package final class JSONNames {
  /// A key of one object: scope 0 is the record, others are objects inside it.
  package struct Name {
    let bytes: UnsafeRawBufferPointer
    let hash: UInt32
    let scope: Int16
    /// The scope of an object that is its value.
    let below: Int16?
    /// Whether its other values are read.
    let isRead: Bool

    /// The bytes must outlive the names.
    package init(
      bytes: UnsafeRawBufferPointer, hash: UInt32, scope: Int16, below: Int16?, isRead: Bool
    ) {
      self.bytes = bytes
      self.hash = hash
      self.scope = scope
      self.below = below
      self.isRead = isRead
    }
  }

  let raw: UnsafeMutablePointer<daybook_json_names>
  private let names: UnsafeMutableBufferPointer<daybook_json_name>
  private let slots: UnsafeMutableBufferPointer<Int16>

  /// `event` is the name whose presence in the root is told of.
  package init(_ names: [Name], event: Int) {
    precondition(names.count < Int(daybook_json_names_max), "a stream has fewer names")
    self.names = .allocate(capacity: names.count)
    for (index, name) in names.enumerated() {
      self.names.initializeElement(
        at: index,
        to: daybook_json_name(
          bytes: name.bytes.baseAddress?.assumingMemoryBound(to: UInt8.self),
          length: UInt32(name.bytes.count), hash: name.hash, scope: name.scope,
          below: name.below ?? -1, is_read: name.isRead))
    }
    var count = 64
    while count < names.count * 4 { count *= 2 }
    slots = .allocate(capacity: count)
    slots.initialize(repeating: -1)
    let mask = UInt32(count - 1)
    for (index, name) in names.enumerated() {
      var slot = name.hash &+ 31 &* UInt32(name.scope)
      while slots[Int(slot & mask)] >= 0 { slot &+= 1 }
      slots[Int(slot & mask)] = Int16(index)
    }
    raw = .allocate(capacity: 1)
    raw.initialize(
      to: daybook_json_names(
        names: UnsafePointer(self.names.baseAddress), slots: UnsafePointer(slots.baseAddress),
        slot_mask: mask, event: Int32(event)))
  }

  deinit {
    raw.deallocate()
    names.deallocate()
    slots.deallocate()
  }
}
