// SPDX-License-Identifier: Apache-2.0

/// The frames that schema registry clients put in front of a payload.
enum SchemaFrame {
  /// Confluent: 0 and a schema id of four bytes.
  ///
  /// JSON text never begins with a control character.
  private static let confluentMagic: UInt8 = 0
  private static let confluentBytes = 5
  /// 1 and a GUID is the newer form of Confluent; 3, a compression and a version is AWS Glue.
  private static let otherMagic: ClosedRange<UInt8> = 1...3

  /// The JSON without its frame; refuses frames around anything else.
  static func strip(
    _ value: UnsafeRawBufferPointer
  ) throws(Rejection) -> UnsafeRawBufferPointer {
    guard let magic = value.first, magic <= otherMagic.upperBound else { return value }
    guard magic == confluentMagic, value.count > confluentBytes else {
      throw Rejection(.schemaRegistryFormat)
    }
    // Avro and Protobuf use the same frame; only their first bytes tell them from JSON.
    let content = UnsafeRawBufferPointer(rebasing: value[confluentBytes...])
    guard let first = content.first(where: { !isSpace($0) }), first == UInt8(ascii: "{") else {
      throw Rejection(.schemaRegistryFormat)
    }
    return content
  }

  /// What stands behind the frame, whatever it is: a profile says what its topic holds.
  static func stripAny(
    _ value: UnsafeRawBufferPointer
  ) throws(Rejection) -> UnsafeRawBufferPointer {
    guard let magic = value.first, magic <= otherMagic.upperBound else { return value }
    guard magic == confluentMagic, value.count > confluentBytes else {
      throw Rejection(.schemaRegistryFormat)
    }
    return UnsafeRawBufferPointer(rebasing: value[confluentBytes...])
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0d).contains(byte)
  }
}
