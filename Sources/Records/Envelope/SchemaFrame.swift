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

  /// What stands behind a frame.
  struct Content {
    let bytes: UnsafeRawBufferPointer
    /// What it is written by; nil for JSON, and for whatever a profile says that it is.
    let schema: AvroSchema?
  }

  /// The id in the frame of Confluent.
  static func id(_ value: UnsafeRawBufferPointer) -> UInt32? {
    guard value.first == confluentMagic, value.count >= confluentBytes else { return nil }
    return UInt32(bigEndian: value.loadUnaligned(fromByteOffset: 1, as: UInt32.self))
  }

  /// What stands behind the frame, by what `schemas` say of its id.
  static func content(
    _ value: UnsafeRawBufferPointer, _ schemas: SchemaView?
  ) throws(Rejection) -> Content {
    guard let schemas, let id = id(value) else {
      return Content(bytes: try stripAny(value), schema: nil)
    }
    let bytes = UnsafeRawBufferPointer(rebasing: value[confluentBytes...])
    switch schemas.answer(to: id) {
    case .avro(let schema): return Content(bytes: bytes, schema: schema)
    case .json: return Content(bytes: bytes, schema: nil)
    case .refused(let reason): throw Rejection(reason)
    case .unknown, .awaited:
      // JSON needs no schema: a topic of another registry is read as without one.
      guard isJSON(bytes) else { throw Rejection(.unknownSchema) }
      return Content(bytes: bytes, schema: nil)
    }
  }

  /// The JSON without its frame; refuses frames around anything else.
  static func strip(
    _ value: UnsafeRawBufferPointer
  ) throws(Rejection) -> UnsafeRawBufferPointer {
    let content = try stripAny(value)
    // Avro and Protobuf use the same frame; only their first bytes tell them from JSON.
    guard content.count == value.count || isJSON(content) else {
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

  private static func isJSON(_ content: UnsafeRawBufferPointer) -> Bool {
    content.first { !isSpace($0) } == UInt8(ascii: "{")
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0d).contains(byte)
  }
}
