// SPDX-License-Identifier: Apache-2.0

extension IndexSpecification {
  /// `NAMEDATALEN - 1`: PostgreSQL cuts longer names.
  static let nameBytesMax = 63

  /// The index's name on a partition, the same in every plan: `partition_columns_method_idx`, cut
  /// and told apart by a hash of the whole when it is too long.
  package func indexName(on partition: String) -> String {
    let columns = keys.map { key in
      key.operatorClass.map { "\(key.column)_\($0)" } ?? key.column
    }
    let whole = "\(partition)_\(columns.joined(separator: "_"))_\(method)_idx"
    guard whole.utf8.count > Self.nameBytesMax else { return whole }
    let suffix = "_" + Self.hash(whole) + "_idx"
    var kept = ""
    for character in whole {
      guard kept.utf8.count + character.utf8.count + suffix.utf8.count <= Self.nameBytesMax else {
        break
      }
      kept.append(character)
    }
    return kept + suffix
  }

  /// FNV-1a, 32 bits, hexadecimal: it only tells names apart.
  private static func hash(_ text: String) -> String {
    var value: UInt32 = 2_166_136_261
    for byte in text.utf8 { value = (value ^ UInt32(byte)) &* 16_777_619 }
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}
