// SPDX-License-Identifier: Apache-2.0
package import CopyFormat
import Digest
import JSON

/// Turns the bytes of one record into one row of its table, or says why not.
///
/// Everything is reused: decoding and encoding a record allocates nothing and touches no reference
/// count of its own. One decoder belongs to one thread. What it says about the last record holds
/// until the next `decode`, and only as long as the bytes of that record are there.
package final class RecordDecoder {
  package let stream: Stream
  package internal(set) var counters = DecoderCounters()

  let plan: DecodePlan
  private var unwrapper: Unwrapper
  var eventID = EventID()
  private let arena = Arena()
  /// One value for each column.
  let row: UnsafeMutableBufferPointer<Value>
  /// For each column the index of its token, or 0: token 0 is never a field.
  let found: UnsafeMutableBufferPointer<Int32>
  /// The tape that the row borrows from; nil unless the last record was accepted.
  private var tape: JSONTape?

  package init(stream: Stream) {
    self.stream = stream
    let seed = UInt64.random(in: .min ... .max)
    let parser = JSONParser(seed: seed)
    plan = DecodePlan(stream, parser: parser)
    unwrapper = Unwrapper(parser: parser, seed: seed)
    row = arena.allocate(repeating: .null, count: stream.columns.count)
    found = arena.allocate(repeating: 0, count: stream.columns.count)
  }

  /// Reads and checks one record; `now` is the wall clock.
  package func decode(_ record: RawRecord, now: Timestamp) throws(Rejection) {
    tape = nil
    row.update(repeating: .null)
    found.update(repeating: 0)
    let body = try unwrapper.open(record, &counters)
    var finder = FieldFinder(tape: body.tape, keys: plan.keys, found: found)
    try finder.find(body.root, &counters)
    try fill(FieldReader(tape: body.tape, now: now), body.envelope)
    try checkPresence()
    for rule in plan.rules { try rule.check(row) }
    tape = body.tape
  }

  package var id: UUIDBytes {
    if case .uuid(let id) = row[plan.id] { id } else { UUIDBytes(high: 0, low: 0) }
  }

  package var occurredAt: Timestamp {
    if case .timestamp(let time) = row[plan.occurredAt] { time } else { Timestamp(microseconds: 0) }
  }

  /// UTF-8, borrowed.
  package var tenant: UnsafeRawBufferPointer {
    row[plan.tenant].text ?? UnsafeRawBufferPointer(start: nil, count: 0)
  }

  /// A hash of tenant, time and id, for filters; its seed differs between processes.
  package var identityHash: UInt64 {
    IdentityHash.hash(tenant: tenant, occurredAt: occurredAt, id: id)
  }

  /// Appends one complete COPY tuple: the columns of ``Stream/storedColumns``.
  ///
  /// `content_sha256` is the digest of the encoded content columns, so that two rows have the same
  /// content exactly when they have the same digest.
  package func encode(into buffer: inout CopyBuffer, provenance: Provenance) {
    guard let tape else { preconditionFailure("encode follows a successful decode") }
    buffer.beginRow(fieldCount: Int16(row.count + Stream.stampedColumns.count))
    let start = buffer.count
    for value in row { value.append(to: &buffer, tape: tape) }
    var digest = InlineArray<32, UInt8>(repeating: 0)
    withUnsafeMutableBytes(of: &digest) { digest in
      SHA256.digest(UnsafeRawBufferPointer(rebasing: buffer.bytes[start...]), into: digest)
      buffer.append(bytea: UnsafeRawBufferPointer(digest))
    }
    buffer.append(timestamp: provenance.ingestedAt)
    buffer.append(text: provenance.topic)
    buffer.append(int32: provenance.partition)
    buffer.append(int64: provenance.offset)
  }

  /// What the record adds to the rollups; all 0 for a stream without one.
  package var rollup: RollupMeasures {
    plan.rollup?.measures(row) ?? RollupMeasures()
  }

  /// Appends the key of `costs_daily` as COPY fields: ``Rollup/keyColumns``, no row header.
  package func appendRollupKey(to buffer: inout CopyBuffer) {
    guard let rollup = plan.rollup else { return }
    buffer.append(text: tenant)
    buffer.append(date: occurredAt.day)
    buffer.appendNull()
    rollup.appendKey(row, to: &buffer)
  }
}
