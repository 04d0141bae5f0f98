// SPDX-License-Identifier: Apache-2.0

/// Names that others chose, for messages, metrics and tables: bytes that names do not usually have
/// are percent-encoded.
package enum NameText {
  package static func of(_ bytes: some Sequence<UInt8>) -> String {
    var name = ""
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "-"), UInt8(ascii: ":"), UInt8(ascii: "/"), UInt8(ascii: "@"),
        UInt8(ascii: "["), UInt8(ascii: "]"):
        name.unicodeScalars.append(UnicodeScalar(byte))
      default:
        name += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
      }
    }
    return name
  }
}
