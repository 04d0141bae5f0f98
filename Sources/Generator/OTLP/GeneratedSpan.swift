// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import JSON

/// A generated invocation as the span that an instrumented client would have sent.
struct GeneratedSpan {
  enum Value {
    case text([UInt8])
    case integer(Int64)
    /// A decimal that a double keeps.
    case decimal([UInt8])
    case boolean(Bool)
    case texts([[UInt8]])
  }

  private(set) var traceID: [UInt8] = []
  private(set) var spanID: [UInt8] = []
  private(set) var name: [UInt8] = Array("chat".utf8)
  private(set) var startNanoseconds: Int64 = 0
  private(set) var endNanoseconds: Int64 = 0
  private(set) var hasFailed = false
  private(set) var attributes: [(name: StaticString, value: Value)] = []

  /// By the name in the generator's records.
  private static let names: [(field: String, attribute: StaticString)] = [
    ("tenant_id", "tenant.id"), ("project_id", "project.id"), ("user_id", "user.id"),
    ("provider", "gen_ai.provider.name"), ("operation", "gen_ai.operation.name"),
    ("request_model", "gen_ai.request.model"), ("response_model", "gen_ai.response.model"),
    ("response_id", "gen_ai.response.id"), ("input_tokens", "gen_ai.usage.input_tokens"),
    ("output_tokens", "gen_ai.usage.output_tokens"),
    ("cache_read_input_tokens", "gen_ai.usage.cache_read.input_tokens"),
    ("cache_creation_input_tokens", "gen_ai.usage.cache_write.input_tokens"),
    ("reasoning_output_tokens", "gen_ai.usage.reasoning.output_tokens"),
    ("cost", "gen_ai.usage.cost.amount"), ("currency", "gen_ai.usage.cost.currency"),
    ("service_tier", "openai.response.service_tier"), ("stream", "gen_ai.request.stream"),
    ("finish_reasons", "gen_ai.response.finish_reasons"), ("error_type", "error.type"),
    ("conversation_id", "gen_ai.conversation.id"),
  ]

  /// Nil when the payload is none of the generator's invocations.
  init?(_ payload: [UInt8], _ parser: JSONParser) {
    let isSpan = unsafe payload.withUnsafeBytes { bytes -> Bool in
      guard let tape = try? unsafe parser.parse(bytes), tape[0].kind == .object else {
        return false
      }
      var key = 1
      while key < tape.count {
        unsafe take(String(decoding: tape[key].bytes, as: UTF8.self), tape, key + 1)
        key = tape[key].next
      }
      return traceID.count == 16 && startNanoseconds > 0
    }
    guard isSpan else { return nil }
    endNanoseconds += startNanoseconds
  }

  private mutating func take(_ field: String, _ tape: JSONTape, _ index: Int) {
    let bytes = unsafe Array(tape[index].bytes)
    switch field {
    case "invocation_id":
      traceID = Self.bytes(ofHexadecimal: bytes)
      spanID = Array(traceID.suffix(8))
    case "occurred_at":
      let time = unsafe bytes.withUnsafeBytes { unsafe Timestamp(rfc3339: $0) }
      startNanoseconds = (time?.unixMicroseconds ?? 0) * 1000
    case "duration_ms":
      endNanoseconds = (Int64(String(decoding: bytes, as: UTF8.self)) ?? 0) * 1_000_000
    case "status": hasFailed = bytes.elementsEqual("failure".utf8)
    default:
      guard let name = Self.names.first(where: { $0.field == field })?.attribute else { return }
      attributes.append((name, value(field, tape, index, bytes)))
    }
  }

  private func value(_ field: String, _ tape: JSONTape, _ index: Int, _ bytes: [UInt8]) -> Value {
    switch tape[index].kind {
    case .true, .false: .boolean(tape[index].kind == .true)
    case .array: .texts((index + 1..<tape[index].next).map { unsafe Array(tape[$0].bytes) })
    default:
      if field == "cost" {
        .decimal(bytes)
      } else if tape[index].kind == .number {
        .integer(Int64(String(decoding: bytes, as: UTF8.self)) ?? 0)
      } else {
        .text(bytes)
      }
    }
  }

  private static func bytes(ofHexadecimal text: [UInt8]) -> [UInt8] {
    let digits = text.compactMap { byte -> UInt8? in
      Character(UnicodeScalar(byte)).hexDigitValue.map { UInt8($0) }
    }
    return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }
}
