// SPDX-License-Identifier: Apache-2.0
import JSON

/// Formats that are not read, recognised in what could not be read as JSON, so that the refusal
/// names them.
enum Format {
  private static let gzip: [UInt8] = [0x1f, 0x8b]
  private static let zstd: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd]
  private static let avro: [UInt8] = [0x4f, 0x62, 0x6a, 0x01]
  private static let utf16: [[UInt8]] = [
    [0xff, 0xfe], [0xfe, 0xff], [0x7b, 0x00], [0x00, 0x7b],
  ]
  /// Field 1 of an OTLP request, with a length.
  private static let otlpField: UInt8 = 0x0a

  /// The reason for bytes that the parser has refused.
  static func reason(of bytes: UnsafeRawBufferPointer, _ error: JSONError) -> Reason {
    if bytes.starts(with: gzip) { return .gzipPayload }
    if bytes.starts(with: zstd) { return .zstdPayload }
    if bytes.starts(with: avro) { return .avroPayload }
    for start in utf16 where bytes.starts(with: start) { return .utf16Payload }
    // JSON may begin with a line feed, but then has no control characters.
    if bytes.first == otlpField, bytes.contains(where: { $0 < 0x09 || 0x0e..<0x20 ~= $0 }) {
      return .protobufPayload
    }
    return Reason(error)
  }

  /// The reason for a root that is no object: events in a batch have a name of their own.
  static func reason(ofArray tape: JSONTape) -> Reason {
    guard tape[0].kind == .array, tape.count > 1, tape[1].kind == .object else { return .notObject }
    return has("specversion", tape, 1) ? .cloudEventsBatch : .notObject
  }

  /// Whether a record without its fields is a request of OTLP.
  static func isOTLP(_ tape: JSONTape, _ root: Int) -> Bool {
    has("resourceSpans", tape, root) || has("resourceLogs", tape, root)
      || has("resourceMetrics", tape, root)
  }

  private static func has(_ name: StaticString, _ tape: JSONTape, _ object: Int) -> Bool {
    var index = object + 1
    while index < tape[object].next {
      if tape[index].bytes.elementsEqual(
        UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
      {
        return true
      }
      index = tape[index].next
    }
    return false
  }
}
