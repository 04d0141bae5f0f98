// SPDX-License-Identifier: Apache-2.0

/// `numeric` in binary form as the decimal that PostgreSQL prints.
enum NumericText {
  private static let positiveInfinity: UInt16 = 0xD000
  private static let negativeInfinity: UInt16 = 0xF000

  /// Before and behind the point; `numeric(p, s)` has at most 1000. Without a limit 8 bytes would
  /// become 128 KiB of zeros.
  static let digitsMax = 16_384

  /// Nil when the bytes are no number, or one of more digits than the limit.
  static func text(_ bytes: RawSpan) -> String? {
    guard bytes.byteCount >= CopyNumeric.headerBytes else { return nil }
    let count = Int(CopyNumeric.word(bytes, 0))
    let weight = Int(Int16(bitPattern: CopyNumeric.word(bytes, 1)))
    let scale = Int(CopyNumeric.word(bytes, 3))
    guard bytes.byteCount == CopyNumeric.headerBytes + 2 * count, scale < 0x4000 else { return nil }
    let sign: String
    switch CopyNumeric.word(bytes, 2) {
    case 0: sign = ""
    case CopyNumeric.negative: sign = "-"
    case CopyNumeric.notANumber: return "NaN"
    case positiveInfinity: return "Infinity"
    case negativeInfinity: return "-Infinity"
    default: return nil
    }
    guard max(0, weight + 1) * 4 + scale <= digitsMax else { return nil }
    let groups = (0..<count).map { CopyNumeric.word(bytes, 4 + $0) }
    func group(_ index: Int) -> String {
      let digits = String(groups.indices.contains(index) ? groups[index] : 0)
      return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
    var whole = weight < 0 ? "0" : (0...weight).map(group).joined()
    whole = String(whole.drop { $0 == "0" })
    let fractionGroups = (scale + 3) / 4
    let fraction = (0..<fractionGroups).map { group(weight + 1 + $0) }.joined().prefix(scale)
    return sign + (whole.isEmpty ? "0" : whole) + (fraction.isEmpty ? "" : "." + fraction)
  }
}
