// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Records

@testable import Ingest

/// Batches of records that hold many items, as the polling thread fills them with the decoder of a
/// collector's requests.
extension BatchFixture {
  enum Item {
    case direct(String)
    case staged(String)
    case refused
    /// So many of them.
    case skipped(Int)
  }

  /// What is kept of a record: one text, whatever its items are.
  static func payload(of record: [Item]) -> String {
    record.map { item in
      switch item {
      case .direct(let text), .staged(let text): text
      case .refused: "refused"
      case .skipped(let count): "skipped \(count)"
      }
    }.joined(separator: "\n") + "\n"
  }

  func batch(records: [[Item]], stream: Stream = .invocations) throws -> Batch {
    let batch = Batch(streams: [stream])
    batch.reset(generation: 1)
    var random = SystemRandomNumberGenerator()
    batch.id = UUIDBytes.v7(using: &random)
    let span = batch.openSpan(
      Batch.Span(
        stream: 0, topic: Self.topic, partition: partition, epoch: epoch, from: next, next: next))
    let decoder = RecordDecoder(stream: stream)
    for record in records {
      try Array(Self.payload(of: record).utf8).withUnsafeBytes { bytes in
        let consumed = ConsumedRecord(
          span: span, offset: next, timestampMilliseconds: 1_700_000_000_000,
          key: UnsafeRawBufferPointer(rebasing: bytes[..<1]), payload: bytes)
        try add(record, of: consumed, to: batch, decoder)
      }
      next += 1
    }
    var hasher = AnchorHasher()
    batch.spans[span].anchor = batch.anchor(of: batch.entries.count - 1, &hasher)
    return batch
  }

  private func add(
    _ record: [Item], of consumed: ConsumedRecord, to batch: Batch, _ decoder: RecordDecoder
  ) throws {
    var consumed = consumed
    var skipped = 0
    for item in record {
      consumed.item += 1
      switch item {
      case .direct(let text): try add(text, isStaged: false, consumed, to: batch, decoder)
      case .staged(let text): try add(text, isStaged: true, consumed, to: batch, decoder)
      case .refused: batch.reject(consumed, Rejection(.notJSON))
      case .skipped(let count): skipped += count
      }
    }
    consumed.item = -1
    if skipped > 0 || record.isEmpty { batch.skip(consumed, count: skipped) }
  }

  private func add(
    _ text: String, isStaged: Bool, _ record: ConsumedRecord, to batch: Batch,
    _ decoder: RecordDecoder
  ) throws {
    try Array(text.utf8).withUnsafeBytes { bytes in
      try decoder.decode(
        RawRecord(payload: bytes, key: nil, headers: EnvelopeHeaders()), now: .now())
      Array(Self.topic.utf8).withUnsafeBytes { topic in
        batch.append(
          record, decoder: decoder, stream: 0, identity: decoder.identityHash, staged: isStaged,
          provenance: Provenance(
            ingestedAt: .now(), topic: topic, partition: partition, offset: record.offset,
            item: record.item))
      }
    }
  }
}
