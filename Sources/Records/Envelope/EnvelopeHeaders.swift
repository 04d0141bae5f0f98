// SPDX-License-Identifier: Apache-2.0
import JSON

/// The headers that mean something to the decoder, in fixed slots; all others are ignored.
///
/// The attributes of a structured CloudEvent take the same slots. Values are borrowed from the
/// message or the parser.
package struct EnvelopeHeaders: BitwiseCopyable {
  private var slots = InlineArray<9, UnsafeRawBufferPointer?>(repeating: nil)
  /// Those that a profile reads. They stand in its memory: few records have any, and each is
  /// copied.
  private var extras = UnsafeMutableBufferPointer<Extra>(start: nil, count: 0)
  /// Names that a profile may read.
  static let extrasMax = 8

  enum Slot: Int {
    case contentType, contentEncoding, traceparent
    /// CloudEvents attributes: `ce_…` as headers.
    case specVersion, id, source, type, time, eventTraceparent
  }

  package init() {}

  /// A header that a profile reads.
  struct Extra: BitwiseCopyable {
    let name: UnsafeRawBufferPointer
    var value: UnsafeRawBufferPointer?
  }

  /// The memory must outlive it, and is that of one record at a time.
  init(reading extras: UnsafeMutableBufferPointer<Extra>) {
    self.extras = extras
    for index in extras.indices { extras[index].value = nil }
  }

  /// The value of a name that the profile reads.
  func extra(_ index: Int) -> UnsafeRawBufferPointer? { extras[index].value }

  subscript(slot: Slot) -> UnsafeRawBufferPointer? {
    get { slots[slot.rawValue] }
    set { slots[slot.rawValue] = newValue }
  }

  /// Keeps a header that is known.
  ///
  /// Names are compared without case. Of a name that repeats, the last value wins, as `lastHeader`
  /// of the Java client has it; a null value is an absent one.
  package mutating func add(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer?) {
    let prefix: StaticString = "ce_"
    if hasPrefix(name, prefix) {
      let attribute = UnsafeRawBufferPointer(rebasing: name[prefix.utf8CodeUnitCount...])
      if let slot = Self.slot(ofAttribute: attribute) { self[slot] = value }
    } else if equals(name, "content-type") {
      self[.contentType] = value
    } else if equals(name, "content-encoding") {
      self[.contentEncoding] = value
    } else if equals(name, "traceparent") {
      self[.traceparent] = value
    }
    for index in extras.indices where equalsWithoutCase(extras[index].name, name) {
      extras[index].value = value
    }
  }

  /// The slot of a CloudEvents attribute.
  static func slot(ofAttribute name: UnsafeRawBufferPointer) -> Slot? {
    if equals(name, "specversion") { return .specVersion }
    if equals(name, "id") { return .id }
    if equals(name, "source") { return .source }
    if equals(name, "type") { return .type }
    if equals(name, "time") { return .time }
    if equals(name, "traceparent") { return .eventTraceparent }
    return nil
  }

  /// Takes values that are not UTF-8 for absent; returns how many there were.
  mutating func dropNonUTF8() -> Int {
    var dropped = 0
    for index in slots.indices {
      guard let value = slots[index], !JSONParser.isUTF8(value) else { continue }
      slots[index] = nil
      dropped += 1
    }
    return dropped
  }

  /// Whether the attributes are there that CloudEvents requires of every event.
  var isEvent: Bool {
    has(.specVersion) && has(.id) && has(.source) && has(.type)
  }

  /// An empty attribute is none, as CloudEvents has it.
  private func has(_ slot: Slot) -> Bool {
    self[slot]?.isEmpty == false
  }

  /// Forgets the CloudEvents attributes.
  mutating func dropEvent() {
    for index in Slot.specVersion.rawValue..<slots.count { slots[index] = nil }
  }
}
