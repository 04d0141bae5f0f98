// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import DaybookTesting
import Postgres
import Records
import Testing

@testable import Ingest

/// A statement that runs out of time is tried with half of the records.
struct HalvingTests {
  typealias Fixture = BatchFixture

  /// Records of three Kafka partitions in any order, with gaps: every cut leaves contiguous
  /// offsets, and the last record of each side as its anchor.
  @Test func halvesAreContiguousInEveryPartition() throws {
    var random = SeededNumbers()
    for _ in 0..<200 {
      let batch = scrambled(Int.random(in: 2...60, using: &random), &random)
      var pending = [BatchPart(batch)]
      var positions = batch.spans.map(\.from)
      var parts: [BatchPart] = []
      while let part = pending.popLast() {
        if Bool.random(using: &random),
          let (first, rest) = part.halves(recordCountMin: 1, using: &random)
        {
          pending += [rest, first]
        } else {
          parts.append(part)
        }
      }
      #expect(Set(parts.map(\.id.description)).count == parts.count)
      #expect(parts.flatMap(\.entries) == Array(batch.entries.indices))
      for part in parts {
        for (index, span) in part.spans.enumerated() {
          #expect(span.from == positions[index])
          #expect(span.next - span.from == Int64(span.seen) + span.gaps)
          positions[index] = span.next
        }
        check(part)
      }
      #expect(positions == batch.spans.map(\.next))
    }
  }

  private func check(_ part: BatchPart) {
    for (index, span) in part.spans.enumerated() where span.from < span.next {
      let entries = part.entries.filter { part.batch.entries[$0].span == index }
      #expect(span.seen == entries.count && span.rejected == entries.count)
      guard let last = entries.last else { continue }
      let offset = part.batch.entries[last].offset
      #expect(span.anchor?.offset == offset)
      #expect(span.anchor?.hash == Self.anchor(offset, Self.payload(index, offset)).hash)
    }
  }

  private func scrambled(_ count: Int, _ random: inout SeededNumbers) -> Batch {
    let batch = Batch(streams: [.invocations])
    batch.reset(generation: 1)
    for partition in 0..<3 as Range<Int32> {
      let from = Int64.random(in: 0...50, using: &random)
      _ = batch.openSpan(
        Batch.Span(
          stream: 0, topic: "t", partition: partition, epoch: 1, from: from, next: from))
    }
    for _ in 0..<count {
      let span = Int.random(in: 0..<3, using: &random)
      let gap = Int64.random(in: 0...3, using: &random) / 3
      batch.spans[span].gaps += gap
      let offset = batch.spans[span].next + gap
      Self.payload(span, offset).withUnsafeBytes { bytes in
        batch.reject(
          ConsumedRecord(
            span: span, offset: offset, timestampMilliseconds: 5, key: nil, payload: bytes),
          Rejection(.notJSON))
      }
    }
    for index in batch.spans.indices where batch.spans[index].seen > 0 {
      let last = batch.spans[index].next - 1
      batch.spans[index].anchor = Self.anchor(last, Self.payload(index, last))
      // What an end of the partition says: nothing more before this offset.
      batch.spans[index].gaps += 2
      batch.spans[index].next += 2
    }
    return batch
  }

  private static func payload(_ span: Int, _ offset: Int64) -> [UInt8] {
    Array("\(span)/\(offset)".utf8)
  }

  private static func anchor(_ offset: Int64, _ payload: [UInt8]) -> Anchor {
    var hasher = AnchorHasher()
    return payload.withUnsafeBytes { bytes in
      hasher.anchor(offset: offset, timestampMilliseconds: 5, key: nil, payload: bytes)
    }
  }

  /// No statement may insert more rows than this, as one that the time of a statement is too short
  /// for.
  static func limitStatements(to rows: Int, _ database: TestDatabase) throws {
    try database.value(
      """
      CREATE FUNCTION run_out_of_time() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF (SELECT count(*) FROM inserted) > \(rows) THEN
          RAISE EXCEPTION 'canceling statement due to statement timeout' USING ERRCODE = '57014';
        END IF;
        RETURN NULL;
      END $$;
      CREATE TRIGGER slow AFTER INSERT ON invocations REFERENCING NEW TABLE AS inserted
        FOR EACH STATEMENT EXECUTE FUNCTION run_out_of_time();
      """)
  }

  @Test(arguments: TestServer.all)
  func aBatchThatTakesTooLongIsWrittenInParts(server: TestServer) throws {
    try TestDatabase.with(on: server) { database in
      let fixture = try Fixture(database, .direct)
      _ = try fixture.write(try fixture.batch((0..<10).map { Fixture.invocation($0) }))
      try Self.limitStatements(to: 150, database)
      let payloads =
        (0..<990).map { Fixture.invocation($0) } + Array(repeating: "nonsense", count: 10)
      let batch = try fixture.batch(payloads, staged: Set(0..<10))
      let receipt = RunningWriter.settle(batch, try database.settings(.direct))
      #expect(receipt.storedCount == 980)
      #expect(try Sums(database).problems(produced: 1010, accepted: 990, cost: "247.5") == [])
      #expect(try Books(database: database).differences() == nil)
      #expect(try database.value("SELECT count(*) > 5 FROM ingest_batches") == "t")
      #expect(
        try database.value(
          "SELECT anchor_offset || ' ' || encode(anchor_hash, 'hex') FROM ingest_offsets")
          == "1009 " + String(repeating: "ab", count: 32))
    }
  }

  /// The server takes the rows, and answers too late; one that does not even begin is away.
  @Test(arguments: [(lock: false, isTooSlow: true), (lock: true, isTooSlow: false)])
  func theTimeOfAMessageIsBounded(lock: Bool, isTooSlow: Bool) throws {
    try TestDatabase.with { database in
      let fixture = try Fixture(database, .direct)
      try database.value(
        """
        CREATE FUNCTION take_long() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN PERFORM pg_sleep(20); RETURN NULL; END $$;
        CREATE TRIGGER slow AFTER INSERT ON invocations
          FOR EACH STATEMENT EXECUTE FUNCTION take_long();
        """)
      var holder = try database.connect()
      if lock { try holder.execute("BEGIN; LOCK TABLE invocations") }
      var write = WriteBatch(sql: fixture.sql, owner: "owner", cluster: Fixture.cluster)
      write.deadline = .seconds(1)
      var connection = try database.connect()
      let batch = try fixture.batch([Fixture.invocation(1)])
      let result = write.result(BatchPart(batch), WritePlan(), on: &connection)
      let failure = #expect(throws: WriteBatch.Failure.self) { try result.get() }
      #expect(failure?.isTooSlow == isTooSlow)
      #expect(failure?.isOutcomeUnknown == false)
      #expect(failure?.error.recovery == .reconnect)
    }
  }

  @Test func aLostAnswerOfAPartIsLookedUp() throws {
    try CommitUnknownTests().throughProxy(.direct) { database, proxy, settings in
      let fixture = try Fixture(database)
      try Self.limitStatements(to: 250, database)
      proxy.set(.loseAnswer(to: CommitUnknownTests.secondMessage))
      let payloads = (0..<400).map { Fixture.invocation($0) }
      #expect(RunningWriter.settle(try fixture.batch(payloads), settings).storedCount == 400)
      #expect(proxy.cutCount == 1)
      #expect(try Sums(database).problems(produced: 400, accepted: 400, cost: "100") == [])
      #expect(try database.value("SELECT count(*) FROM ingest_batches") == "2")
    }
  }
}
