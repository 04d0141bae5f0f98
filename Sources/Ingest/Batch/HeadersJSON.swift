// SPDX-License-Identifier: Apache-2.0
import Foundation
import Text

/// Kafka headers as the JSON of `rejected_records.headers`: an array in the record's order.
///
/// Names and values are bytes in Kafka: what is not UTF-8 without NUL (which jsonb refuses) is
/// written in base64, under `name_base64` and `base64`.
enum HeadersJSON {
  static func text(_ raw: borrowing RawRecords, _ layout: RawLayout) -> String {
    var items: [String] = []
    raw.forEachHeader(layout) { name, value in
      items.append(
        "{\(member("name", "name_base64", name)),\(member("value", "base64", value))}")
    }
    return "[" + items.joined(separator: ",") + "]"
  }

  private static func member(
    _ textKey: String, _ bytesKey: String, _ bytes: UnsafeRawBufferPointer?
  ) -> String {
    guard let bytes else { return "\"\(textKey)\":null" }
    if !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) {
      return "\"\(textKey)\":\(JSONText.string(text))"
    }
    return "\"\(bytesKey)\":\"\(Data(bytes).base64EncodedString())\""
  }
}
