// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Books

struct ExportCounterTests {
  /// Quotes that never close make one line of a whole file.
  @Test(arguments: ["csv", "ndjson"])
  func aLineIsOfLimitedLength(_ format: String) {
    var counter = ExportCounter(format)
    let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
    for _ in 0..<17 { piece.withUnsafeBytes { counter.count($0) } }
    counter.finish()
    #expect(counter.fault == "row 1 is longer than 16777216 bytes")
  }
}
