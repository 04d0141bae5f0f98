// SPDX-License-Identifier: Apache-2.0

extension String {
  /// As look-ups fold case: only the letters A to Z.
  var asciiLowercased: String {
    String(decoding: utf8.map { $0 &- UInt8(ascii: "A") < 26 ? $0 | 0x20 : $0 }, as: UTF8.self)
  }
}
