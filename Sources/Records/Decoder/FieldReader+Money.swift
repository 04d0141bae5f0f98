// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import JSON

extension FieldReader {
  /// The exact value of a number, or of a text that is one; nil when it is none or does not fit.
  static func decimal(_ token: JSONToken) -> Amount? {
    guard token.kind == .number || token.kind == .string else { return nil }
    return try? DecimalText.amount(token.bytes)
  }

  /// The same without what is finer than an amount: enough to compare.
  static func rough(_ token: JSONToken) -> Amount? {
    guard token.kind == .number || token.kind == .string else { return nil }
    do throws(DecimalText.Malformed) {
      return try DecimalText.amount(token.bytes)
    } catch {
      return error == .tooFine ? DecimalText.cut(token.bytes) : nil
    }
  }

  /// What a double surely keeps: a number with more digits has lost some on its way here.
  private static let numberDigitsMax = 15

  func amount(_ token: JSONToken) throws(Reason) -> Amount {
    switch token.kind {
    case .string: break
    case .number: try checkIsExact(token.bytes)
    default: throw .wrongType
    }
    let amount: Amount
    do throws(DecimalText.Malformed) {
      amount = try DecimalText.amount(token.bytes)
    } catch {
      switch error {
      case .notDecimal: throw .badFormat
      case .tooLarge: throw .outOfRange
      case .tooFine: throw .costPrecision
      }
    }
    if amount < .zero { throw .costNegative }
    return amount
  }

  /// Most producers print a double: what looks like one is not taken for an amount.
  private func checkIsExact(_ number: UnsafeRawBufferPointer) throws(Reason) {
    var significant = 0
    for byte in number {
      switch byte {
      case UInt8(ascii: "e"), UInt8(ascii: "E"):
        if significant > Self.numberDigitsMax { throw .costPrecision }
        return
      case UInt8(ascii: "0"): if significant > 0 { significant += 1 }
      case UInt8(ascii: "1")...UInt8(ascii: "9"): significant += 1
      default: continue
      }
    }
    if significant > Self.numberDigitsMax { throw .costPrecision }
  }

  /// Three letters, in upper case; `XXX` is ISO 4217's "no currency".
  func currency(
    _ bytes: UnsafeRawBufferPointer, _ scratch: UnsafeMutableRawBufferPointer
  ) throws(Reason) -> UnsafeRawBufferPointer {
    guard bytes.count == scratch.count, !equals(bytes, "xxx") else { throw .badCurrency }
    for index in scratch.indices {
      let letter = lowerCased(bytes[index])
      guard letter &- UInt8(ascii: "a") < 26 else { throw .badCurrency }
      scratch[index] = letter &- 0x20
    }
    return UnsafeRawBufferPointer(scratch)
  }
}
