// SPDX-License-Identifier: Apache-2.0

/// The two ids of a W3C `traceparent`: `00-<32 hex>-<16 hex>-<2 hex>`.
struct TraceParent {
  let traceID: UnsafeRawBufferPointer
  let spanID: UnsafeRawBufferPointer

  /// Nil for what the recommendation calls invalid, which receivers ignore.
  init?(_ header: UnsafeRawBufferPointer) {
    let length = 55
    let dashes = [2, 35, 52] as InlineArray<3, Int>
    // A later version may append fields behind another dash.
    guard header.count == length || (header.count > length && header[length] == 0x2d) else {
      return nil
    }
    for index in dashes.indices where header[dashes[index]] != 0x2d { return nil }
    guard Self.isHex(header, 0..<2), Self.isHex(header, 3..<35), Self.isHex(header, 36..<52),
      Self.isHex(header, 53..<55), !Self.isVersionFF(header)
    else { return nil }
    traceID = UnsafeRawBufferPointer(rebasing: header[3..<35])
    spanID = UnsafeRawBufferPointer(rebasing: header[36..<52])
    guard !Self.isZero(traceID), !Self.isZero(spanID) else { return nil }
  }

  private static func isHex(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Bool {
    for index in range {
      switch bytes[index] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): continue
      default: return false
      }
    }
    return true
  }

  private static func isVersionFF(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes[0] == UInt8(ascii: "f") && bytes[1] == UInt8(ascii: "f")
  }

  private static func isZero(_ bytes: UnsafeRawBufferPointer) -> Bool {
    for byte in bytes where byte != UInt8(ascii: "0") { return false }
    return true
  }
}
