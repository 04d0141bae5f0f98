// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Generator
import Records

/// Decodes generated records as the ingester would.
final class Judge {
  private let decoders: [RecordGenerator.RecordKind: RecordDecoder] = [
    .invocations: RecordDecoder(stream: .invocations),
    .auditLogs: RecordDecoder(stream: .auditLogs),
  ]
  private let now: Timestamp

  /// Of the last record that was accepted.
  private(set) var lastIdentity = ""
  private(set) var lastContent: [UInt8] = []
  private(set) var lastCostUnits: Int128 = 0

  init(now: Timestamp) { self.now = now }

  /// The reason code of the refusal, or nil.
  func verdict(on generator: RecordGenerator) -> String? {
    guard let decoder = decoders[generator.stream] else { return "no decoder" }
    // Names and values stay where they are until the record is decoded.
    let kept = generator.headers.map { (Array("\($0.name)".utf8), $0.value) }
    return withPointers(kept) { headers in
      withBytes(generator.payload) { payload in
        withBytes(generator.key) { key in
          decode(decoder, RawRecord(payload: payload, key: key, headers: headers))
        }
      }
    }
  }

  private func decode(_ decoder: RecordDecoder, _ record: RawRecord) -> String? {
    do throws(Rejection) {
      try decoder.decode(record, now: now)
    } catch {
      return error.reason.code
    }
    lastIdentity = "\(String(decoding: decoder.tenant, as: UTF8.self)) \(decoder.occurredAt) "
    lastIdentity += decoder.id.description
    lastCostUnits = decoder.rollup.cost
    var buffer = CopyBuffer()
    let topic = UnsafeRawBufferPointer(start: nil, count: 0)
    let provenance = Provenance(
      ingestedAt: Timestamp(microseconds: 0), topic: topic, partition: 0, offset: 0)
    decoder.encode(into: &buffer, provenance: provenance)
    lastContent = Array(buffer.bytes)
    return nil
  }

  private func withPointers(
    _ pairs: [([UInt8], [UInt8])], _ body: (EnvelopeHeaders) -> String?
  ) -> String? {
    var headers = EnvelopeHeaders()
    func add(_ index: Int) -> String? {
      guard index < pairs.count else { return body(headers) }
      return pairs[index].0.withUnsafeBytes { name in
        pairs[index].1.withUnsafeBytes { value in
          headers.add(name: name, value: value)
          return add(index + 1)
        }
      }
    }
    return add(0)
  }

  private func withBytes(
    _ bytes: [UInt8]?, _ body: (UnsafeRawBufferPointer?) -> String?
  ) -> String? {
    guard let bytes else { return body(nil) }
    return bytes.withUnsafeBytes { raw in
      // An empty array may have no address, and no address means a tombstone.
      raw.baseAddress == nil
        ? withUnsafeBytes(of: 0) { body(.init(rebasing: $0[0..<0])) } : body(raw)
    }
  }
}
