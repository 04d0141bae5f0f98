// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import JSON

/// The value of a record without what could not be read of it, byte for byte where it was.
struct RepairedValue {
  private let given: UnsafeRawBufferPointer?
  /// Nil as long as nothing was taken out.
  private var bytes: [UInt8]?

  private static let space = UInt8(ascii: " ")
  private static let comma = UInt8(ascii: ",")

  init(_ payload: UnsafeRawBufferPointer?) {
    given = payload
  }

  func decode(
    _ record: RawRecord, now: Timestamp, with decoder: RecordDecoder
  ) throws(Rejection) {
    guard let bytes else { return try decoder.decode(record, now: now) }
    let result = bytes.withUnsafeBytes { payload in
      Result { () throws(Rejection) in
        try decoder.decode(record.with(payload: payload), now: now)
      }
    }
    try result.get()
  }

  /// Takes out what is damaged; false when the rest cannot be told from it.
  mutating func repair(_ fault: JSONFault) -> Bool {
    var repaired = bytes ?? given.map(Array.init) ?? []
    let before = repaired
    switch fault.error {
    // Other encodings: the structure is that of the characters that are the same in all of them.
    case .invalidUTF8: repaired = repaired.map { $0 < 0x80 ? $0 : UInt8(ascii: "?") }
    case .trailingContent where repaired.indices.contains(fault.offset):
      for index in fault.offset..<repaired.count { repaired[index] = Self.space }
    default:
      if let member = fault.member {
        Self.takeOut(member, of: &repaired)
      } else if fault.error == .nulCharacter {
        repaired = repaired.map { $0 != 0 ? $0 : UInt8(ascii: "?") }
      }
    }
    bytes = repaired
    return repaired != before
  }

  /// With one of its commas.
  private static func takeOut(_ member: Range<Int>, of bytes: inout [UInt8]) {
    guard member.upperBound <= bytes.count else { return }
    for index in member { bytes[index] = space }
    let isSpace: (UInt8) -> Bool = { [0x20, 0x09, 0x0a, 0x0d].contains($0) }
    if let before = bytes[..<member.lowerBound].lastIndex(where: { !isSpace($0) }),
      bytes[before] == comma
    {
      bytes[before] = space
    } else if let behind = bytes[member.upperBound...].firstIndex(where: { !isSpace($0) }),
      bytes[behind] == comma
    {
      bytes[behind] = space
    }
  }
}
