// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Testing

@testable import Archive

/// Amounts as `numeric_send` writes them.
@Suite struct CopyNumericTests {
  private func bytes(_ words: [UInt16]) -> [UInt8] {
    words.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
  }

  private func amount(_ words: [UInt16]) -> String? {
    CopyNumeric.amount(bytes(words).span.bytes)?.description
  }

  @Test func whatTheEncoderWritesIsReadBack() {
    let texts = [
      "0", "1", "-1", "0.054399", "-0.000000000001", "999999999999.999999999999", "10000",
      "123456789.5", "100000000", "0.0001",
    ]
    for text in texts {
      var buffer = CopyBuffer()
      buffer.append(amount: Amount(text) ?? .zero)
      let read = CopyNumeric.amount(buffer.bytes.bytes.extracting(droppingFirst: 4))
      #expect(read?.description == text)
    }
  }

  @Test func extremes() {
    #expect(amount([0, 0, 0, 0]) == "0")
    // 10^24, beyond one amount and within a sum.
    #expect(amount([1, 6, 0, 0, 1]) == "1000000000000000000000000")
    #expect(amount([1, 20, 0, 0, 1]) == nil)
    #expect(amount([1, 0x7FFF, 0, 0, 1]) == nil)
    #expect(amount([1, 0x8000, 0, 0, 1]) == nil)
    // Zeros behind the twelfth decimal are exact, digits are not.
    #expect(amount([2, 0xFFFD, 0, 16, 1, 0]) == "0.000000000001")
    #expect(amount([2, 0xFFFD, 0, 16, 1, 1]) == nil)
    #expect(amount([0, 0, 0xC000, 0]) == nil)
    #expect(amount([0, 0, 0xD000, 0]) == nil)
    #expect(amount([1, 0, 0, 0, 10_000]) == nil)
    #expect(amount([2, 0, 0, 0, 1]) == nil)
    #expect(amount([0xFFFF, 0, 0, 0, 1]) == nil)
    #expect(amount([0, 0]) == nil)
  }
}
