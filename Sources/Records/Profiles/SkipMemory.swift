// SPDX-License-Identifier: Apache-2.0
import JSON

/// What items looked like that no rule of the profile skipped, as far as the rules look: most items
/// look like one before.
struct SkipMemory {
  /// The paths that the rules look at, and those of which they look at more than whether they are
  /// there; nil where something beside the item decides, too.
  struct Paths {
    var all = SlotSet()
    var compared: [Int] = []
  }

  private struct Text: BitwiseCopyable {
    var kind: UInt8 = 0
    /// Of a path that is absent: 0.
    var count: UInt8 = 0
    var bytes = InlineArray<32, UInt8>(repeating: 0)
  }

  /// Looks that are told apart, and bytes of a value that is remembered.
  private static let looksMax = 8
  private static let bytesMax = 32

  private let isUsed: Bool
  private let all: SlotSet
  private let compared: UnsafeBufferPointer<Int>
  private let present: UnsafeMutableBufferPointer<SlotSet>
  /// For each look the texts of what is compared.
  private let texts: UnsafeMutableBufferPointer<Text>
  private var count = 0
  private var last = 0

  init(_ paths: Paths?, arena: Arena) {
    isUsed = paths != nil
    all = paths?.all ?? SlotSet()
    compared = arena.copy(paths?.compared ?? [])
    present = arena.allocate(repeating: SlotSet(), count: Self.looksMax)
    texts = arena.allocate(repeating: Text(), count: Self.looksMax * compared.count)
  }

  /// Whether an item that looked the same was not skipped. `evaluator` has the item, all values of
  /// which can be stored.
  mutating func knows(_ evaluator: Evaluator) -> Bool {
    guard isUsed else { return false }
    let seen = evaluator.present.intersection(all)
    var look = last
    for _ in 0..<count {
      if present[look] == seen, hasSameTexts(look, evaluator) {
        last = look
        return true
      }
      look = look == 0 ? count - 1 : look - 1
    }
    return false
  }

  private func hasSameTexts(_ look: Int, _ evaluator: Evaluator) -> Bool {
    var index = look * compared.count
    for slot in compared {
      let token = evaluator.slots[slot]
      if token >= 0, !isSame(evaluator.tape[Int(token)], index) { return false }
      index += 1
    }
    return true
  }

  private func isSame(_ token: JSONToken, _ index: Int) -> Bool {
    let known = texts.baseAddress.map { UnsafeRawPointer($0 + index) }
    guard let known, token.kind == JSONKind(rawValue: texts[index].kind),
      token.bytes.count == Int(texts[index].count)
    else { return false }
    let offset = MemoryLayout<Text>.offset(of: \.bytes) ?? 0
    return equals(
      UnsafeRawBufferPointer(start: known + offset, count: token.bytes.count), token.bytes)
  }

  /// When there is no room, takes the place of one that did not come last.
  mutating func remember(_ evaluator: Evaluator) {
    guard isUsed else { return }
    // All before any: half of this look with half of the one before it is neither.
    for slot in compared where evaluator.slots[slot] >= 0 {
      let token = evaluator.tape[Int(evaluator.slots[slot])]
      // One of several values may decide, and containers need not have their text.
      guard token.kind != .array, token.kind != .object, token.bytes.count <= Self.bytesMax
      else { return }
    }
    let look = count < Self.looksMax ? count : (last + 1) & (Self.looksMax - 1)
    for (index, slot) in compared.enumerated() {
      var text = Text()
      if evaluator.slots[slot] >= 0 {
        let token = evaluator.tape[Int(evaluator.slots[slot])]
        text.kind = token.kind.rawValue
        text.count = UInt8(token.bytes.count)
        for position in token.bytes.indices { text.bytes[position] = token.bytes[position] }
      }
      texts[look * compared.count + index] = text
    }
    present[look] = evaluator.present.intersection(all)
    count = min(count + 1, Self.looksMax)
    last = look
  }
}
