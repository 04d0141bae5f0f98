// SPDX-License-Identifier: Apache-2.0

/// Three upper-case letters of ISO 4217, as a value without references.
package struct CurrencyCode: BitwiseCopyable, Hashable, Sendable, CustomStringConvertible {
  private let first, second, third: UInt8

  /// Nil unless `text` is three upper-case letters.
  package init?(_ text: some Collection<UInt8>) {
    var letters = text.makeIterator()
    guard let first = letters.next(), let second = letters.next(), let third = letters.next(),
      letters.next() == nil, text.allSatisfy({ $0 &- UInt8(ascii: "A") < 26 })
    else { return nil }
    (self.first, self.second, self.third) = (first, second, third)
  }

  /// The letters in UTF-8, for as long as `body` runs.
  package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    var bytes: InlineArray<3, UInt8> = [first, second, third]
    return withUnsafeBytes(of: &bytes) { body($0) }
  }

  package var description: String { String(decoding: [first, second, third], as: UTF8.self) }
}
