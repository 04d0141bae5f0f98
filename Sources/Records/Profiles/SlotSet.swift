// SPDX-License-Identifier: Apache-2.0

/// Which paths of a profile an item has.
struct SlotSet: BitwiseCopyable {
  /// Paths of one profile.
  static let slotsMax = 256

  private var words = InlineArray<4, UInt64>(repeating: 0)

  @inline(__always)
  mutating func insert(_ slot: Int) {
    words[slot >> 6] |= 1 << UInt64(slot & 63)
  }

  mutating func formUnion(_ other: SlotSet) {
    for index in words.indices { words[index] |= other.words[index] }
  }

  @inline(__always)
  func forEach(_ body: (Int) -> Void) {
    for index in words.indices {
      var word = words[index]
      while word != 0 {
        body(index << 6 | word.trailingZeroBitCount)
        word &= word &- 1
      }
    }
  }

  @inline(__always)
  func intersection(_ other: SlotSet) -> SlotSet {
    var both = self
    for index in words.indices { both.words[index] &= other.words[index] }
    return both
  }

  @inline(__always)
  static func == (left: SlotSet, right: SlotSet) -> Bool {
    left.words[0] ^ right.words[0] | left.words[1] ^ right.words[1]
      | left.words[2] ^ right.words[2] | left.words[3] ^ right.words[3] == 0
  }

  @inline(__always)
  func isDisjoint(with other: SlotSet) -> Bool {
    words[0] & other.words[0] | words[1] & other.words[1] | words[2] & other.words[2]
      | words[3] & other.words[3] == 0
  }
}
