// SPDX-License-Identifier: Apache-2.0
import JSON

/// Puts an object together from members of the source. What cannot be stored, or has no room, is
/// left out and named in it: the metadata of a record is not worth the record.
struct ObjectWriter {
  private let rule: JSONRule
  private let room: UnsafeMutableRawBufferPointer
  /// Bytes that are written.
  private(set) var count = 0
  private var memberCount = 0
  private(set) var omittedCount = 0
  /// Where the first member came from that came from somewhere; else -1.
  private(set) var firstOrigin: Int32 = -1
  /// Names of omitted members that are told of: more of them say no more.
  private static let omittedNamesMax = 8
  private static let omittedNameBytesMax = 64
  private var omitted = InlineArray<8, UnsafeRawBufferPointer>(repeating: TapeBuilder.nothing)
  private let omittedName: StaticString = "omitted"

  /// `room` is that of the object: ``JSONRule/bytesMax``.
  init(_ rule: JSONRule, room: UnsafeMutableRawBufferPointer) {
    (self.rule, self.room) = (rule, room)
  }

  /// What the names of omitted members may take.
  private var reserve: Int {
    isOfTexts ? 0 : Self.omittedNamesMax * (6 * Self.omittedNameBytesMax + 3) + 16
  }

  private var isOfTexts: Bool { if case .objectOfTexts = rule.shape { true } else { false } }

  /// Writes the object in JSON; false when it is not there: it has no members, and the source has
  /// none.
  mutating func write(
    _ target: MappingPlan.Target, _ evaluator: Evaluator
  ) throws(SourceFault) -> Bool {
    put(UInt8(ascii: "{"))
    let (members, present) = (target.members, evaluator.present)
    for index in members.indices
    where members[index].isFree || !members[index].needs.isDisjoint(with: present) {
      var value = SourceValue.nothing
      do throws(SourceFault) {
        guard try evaluator.evaluate(members[index].node, into: &value) else { continue }
      } catch {
        // A member that cannot be stored is left out.
        omit(members[index].key)
        continue
      }
      add(members[index].key, members[index].text, value, evaluator)
    }
    var isThere = memberCount > 0 || omittedCount > 0
    if target.whole >= 0, let whole = try evaluator.value(target.whole) {
      guard whole.token.kind == .object, whole.index >= 0 else {
        throw SourceFault(reason: .wrongType, origin: whole.origin)
      }
      isThere = true
      addMembers(of: whole, evaluator, but: target.members)
    }
    addOmitted()
    put(UInt8(ascii: "}"))
    return isThere
  }

  private mutating func addMembers(
    of whole: SourceValue, _ evaluator: Evaluator,
    but members: UnsafeBufferPointer<MappingPlan.Member>
  ) {
    let tape = evaluator.tape
    var index = Int(whole.index) + 1
    while index < whole.token.next {
      let key = tape[index]
      if !members.contains(where: { equals($0.key.bytes, key.bytes) }),
        tape[index + 1].kind != .null
      {
        let at = Int32(truncatingIfNeeded: index + 1)
        add(key, nil, SourceValue(token: tape[index + 1], index: at, origin: at), evaluator)
      }
      index = key.next
    }
  }

  /// `text` is the key as JSON with its colon, where that is known.
  private mutating func add(
    _ key: JSONToken, _ text: UnsafeRawBufferPointer?, _ given: SourceValue,
    _ evaluator: Evaluator
  ) {
    if let text, given.token.kind == .string, given.token.isUsable, !isOfTexts,
      JSONWriter.isWrittenAsIs(given.token.bytes),
      count + text.count + 3 + given.token.bytes.count + reserve < rule.bytesMax
    {
      // Nearly all members.
      begin(text, given.origin)
      put(UInt8(ascii: "\""))
      put(given.token.bytes)
      return put(UInt8(ascii: "\""))
    }
    var value = given
    if isOfTexts {
      guard let text = evaluator.text(of: value) else { return omit(key) }
      value = value.made(.string, text)
    }
    let tape = evaluator.tape
    guard isStorable(key, value, tape) else { return omit(key) }
    let more =
      JSONWriter.count(ofText: key.bytes) + 2 + JSONWriter.count(of: value, tape)
    guard count + more + reserve < rule.bytesMax else { return omit(key) }
    if let text {
      begin(text, value.origin)
    } else {
      begin(TapeBuilder.nothing, value.origin)
      JSONWriter.write(text: key.bytes, to: room, &count)
      put(UInt8(ascii: ":"))
    }
    JSONWriter.write(value, tape, to: room, &count)
  }

  private mutating func begin(_ key: UnsafeRawBufferPointer, _ origin: Int32) {
    if memberCount > 0 { put(UInt8(ascii: ",")) }
    put(key)
    memberCount += 1
    if firstOrigin < 0 { firstOrigin = origin }
  }

  private func isStorable(_ key: JSONToken, _ value: SourceValue, _ tape: JSONTape) -> Bool {
    guard key.isUsable, key.bytes.count <= JSONLimits.stringBytesMax else { return false }
    if case .objectOfTexts(let countMax, let keyMax, let textMax) = rule.shape {
      return memberCount < countMax && fits(key.bytes, keyMax) && fits(value.token.bytes, textMax)
    }
    guard value.index >= 0 else { return value.token.fault == nil }
    let root = tape[Int(value.index)]
    for inner in Int(value.index)..<root.next {
      let token = tape[inner]
      let isContainer = token.kind == .object || token.kind == .array
      if !token.isUsable || isContainer && token.depth - root.depth + 2 > rule.depthMax {
        return false
      }
    }
    return true
  }

  private func fits(_ text: UnsafeRawBufferPointer, _ charactersMax: Int) -> Bool {
    if text.count <= charactersMax { return true }
    var characters = 0
    for byte in text where byte & 0xc0 != 0x80 { characters += 1 }
    return characters <= charactersMax
  }

  private mutating func omit(_ key: JSONToken) {
    if omittedCount < Self.omittedNamesMax, key.fault == nil,
      key.bytes.count <= Self.omittedNameBytesMax
    {
      omitted[omittedCount] = key.bytes
    }
    omittedCount += 1
  }

  /// `"omitted": ["name", …]`.
  private mutating func addOmitted() {
    guard omittedCount > 0, !isOfTexts else { return }
    let name = UnsafeRawBufferPointer(
      start: omittedName.utf8Start, count: omittedName.utf8CodeUnitCount)
    if memberCount > 0 { put(UInt8(ascii: ",")) }
    JSONWriter.write(text: name, to: room, &count)
    put(UInt8(ascii: ":"))
    put(UInt8(ascii: "["))
    var isFirst = true
    for index in 0..<min(omittedCount, Self.omittedNamesMax) where !omitted[index].isEmpty {
      if !isFirst { put(UInt8(ascii: ",")) }
      isFirst = false
      JSONWriter.write(text: omitted[index], to: room, &count)
    }
    put(UInt8(ascii: "]"))
  }

  private mutating func put(_ bytes: UnsafeRawBufferPointer) {
    UnsafeMutableRawBufferPointer(rebasing: room[count...]).copyMemory(from: bytes)
    count += bytes.count
  }

  private mutating func put(_ byte: UInt8) {
    room[count] = byte
    count += 1
  }
}
