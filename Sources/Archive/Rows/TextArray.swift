// SPDX-License-Identifier: Apache-2.0

/// `text[]` in binary form: dimensions, a null flag, the element type, then for each dimension its
/// length and lower bound, then the elements.
enum TextArray {
  private static let headerBytes = 12
  private static let dimensionBytes = 8

  /// The elements of an array of at most one dimension, nil among them for a null; nil for others.
  static func elements(_ bytes: RawSpan) -> [String?]? {
    guard bytes.byteCount >= headerBytes else { return nil }
    let dimensions = integer(bytes, 0)
    if dimensions == 0 { return bytes.byteCount == headerBytes ? [] : nil }
    guard dimensions == 1, bytes.byteCount >= headerBytes + dimensionBytes else { return nil }
    let count = integer(bytes, headerBytes)
    var offset = headerBytes + dimensionBytes
    var result: [String?] = []
    while offset < bytes.byteCount {
      guard bytes.byteCount - offset >= 4 else { return nil }
      let length = integer(bytes, offset)
      offset += 4
      if length == -1 {
        result.append(nil)
        continue
      }
      guard length >= 0, bytes.byteCount - offset >= length,
        let text = bytes.extracting(offset..<offset + length).text
      else { return nil }
      result.append(text)
      offset += length
    }
    return result.count == count ? result : nil
  }

  private static func integer(_ bytes: RawSpan, _ offset: Int) -> Int {
    Int(bytes.integer(at: offset, as: Int32.self))
  }
}
