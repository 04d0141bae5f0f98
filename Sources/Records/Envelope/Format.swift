// SPDX-License-Identifier: Apache-2.0
import JSON

/// Formats that are not read, recognised so that the refusal names them.
package enum Format: BitwiseCopyable, CaseIterable, Sendable {
  case gzip, zstd, utf16, avro
  case otlpSpans, otlpLogs, otlpMetrics

  private static let zstdMagic: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd]
  private static let avroMagic: [UInt8] = [0x4f, 0x62, 0x6a, 0x01]

  /// The format of bytes that begin so; nil for JSON, and for what nobody knows.
  package init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count > 1 else { return nil }
    switch (bytes[0], bytes[1]) {
    case (0x1f, 0x8b): self = .gzip
    case (0xff, 0xfe), (0xfe, 0xff), (0x7b, 0x00), (0x00, 0x7b): self = .utf16
    case (0x28, 0xb5) where bytes.starts(with: Self.zstdMagic): self = .zstd
    case (0x4f, 0x62) where bytes.starts(with: Self.avroMagic): self = .avro
    case (ProtobufFields.firstTag, _):
      guard let signal = OTLPRequest.signal(of: bytes) else { return nil }
      self = signal
    default: return nil
    }
  }

  /// The reason for bytes that the parser has refused.
  static func reason(of bytes: UnsafeRawBufferPointer, _ error: JSONError) -> Reason {
    if let format = Format(bytes) { return format.reason }
    // JSON may begin with a line feed, but then has no control characters.
    if bytes.first == ProtobufFields.firstTag,
      bytes.contains(where: { $0 < 0x09 || 0x0e..<0x20 ~= $0 })
    {
      return .protobufPayload
    }
    return Reason(error)
  }

  var reason: Reason {
    switch self {
    case .gzip: .gzipPayload
    case .zstd: .zstdPayload
    case .utf16: .utf16Payload
    case .avro: .avroPayload
    case .otlpSpans: .otlpPayload
    case .otlpLogs: .otlpLogsPayload
    case .otlpMetrics: .otlpMetricsPayload
    }
  }

  /// The reason for a root that is no object: events in a batch have a name of their own.
  static func reason(ofArray tape: JSONTape) -> Reason {
    guard tape[0].kind == .array, tape.count > 1, tape[1].kind == .object else { return .notObject }
    return has("specversion", tape, 1) ? .cloudEventsBatch : .notObject
  }

  /// The request of OTLP that a record without its fields is, in JSON.
  static func otlp(_ tape: JSONTape, _ root: Int) -> Format? {
    if has("resourceSpans", tape, root) { return .otlpSpans }
    if has("resourceLogs", tape, root) { return .otlpLogs }
    return has("resourceMetrics", tape, root) ? .otlpMetrics : nil
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
