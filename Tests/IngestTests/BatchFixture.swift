// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import DaybookTesting
import Postgres
import Records

@testable import Ingest

/// Batches made of JSON texts, as the polling thread would have filled them, and a database with
/// the offsets claimed for them.
final class BatchFixture {
  static let cluster = "test-cluster"
  static let topic = "ai.llm-invocations.v1"

  let database: TestDatabase
  let sql = IngestSQL(schema: "public")
  let link: DatabaseLink
  let partition: Int32
  var next: Int64 = 0
  var epoch: Int64 = 0
  /// What the batches are made with; `readReference` reads it, as the refresher would.
  var reference = ReferenceData.nothing

  init(
    _ database: TestDatabase, _ route: TestRoute = .transactionPooler, partition: Int32 = 0,
    as login: String? = nil
  ) throws {
    self.database = database
    self.partition = partition
    let options = login.map { ["user": $0, "password": "test"] } ?? [:]
    link = DatabaseLink(try database.settings(route, options))
    try claim()
  }

  /// Takes the partition over, as a new owner would.
  func claim() throws {
    let claims = #"[{"topic":"\#(Self.topic)","partition":\#(partition),"low":0,"partitions":8}]"#
    (next, epoch) = try link.use { connection throws(PostgresError) in
      let row = try connection.query(sql.claim, ["owner", Self.cluster, claims])
      return (row.int64(0, 2) ?? -1, row.int64(0, 3) ?? -1)
    }
  }

  func readReference() throws {
    let cache = ReferenceCache(schema: "public")
    try cache.refresh(link)
    reference = cache.current
  }

  /// A batch of the records that follow what was made before.
  func batch(
    _ payloads: [String], staged: Set<Int> = [], stream: Stream = .invocations
  ) throws -> Batch {
    let batch = Batch(streams: [stream])
    batch.reset(generation: 1)
    batch.prices = reference.revision
    var random = SystemRandomNumberGenerator()
    batch.id = UUIDBytes.v7(using: &random)
    let span = batch.openSpan(
      Batch.Span(
        stream: 0, topic: Self.topic, partition: partition, epoch: epoch, from: next, next: next))
    let decoder = RecordDecoder(stream: stream)
    for (index, payload) in payloads.enumerated() {
      try add(payload, isStaged: staged.contains(index), to: batch, span, decoder)
    }
    batch.unknownFields.seal { (Self.topic, stream.table, decoder.unknown.name($1)) }
    batch.spans[span].anchor = Anchor(
      offset: next - 1, hash: String(repeating: "ab", count: 32))
    return batch
  }

  private func add(
    _ payload: String, isStaged: Bool, to batch: Batch, _ span: Int, _ decoder: RecordDecoder
  ) throws {
    let topic = Array(Self.topic.utf8)
    Array(payload.utf8).withUnsafeBytes { bytes in
      let record = ConsumedRecord(
        span: span, offset: next, timestampMilliseconds: 1_700_000_000_000, key: nil,
        payload: bytes, headers: nil)
      do throws(Rejection) {
        try decoder.decode(
          RawRecord(payload: bytes, key: nil, headers: EnvelopeHeaders()), now: .now())
        let verdict = decoder.price(with: reference.prices)
        topic.withUnsafeBytes { topic in
          batch.append(
            record, decoder: decoder, stream: 0, identity: decoder.identityHash, staged: isStaged,
            isZoned: reference.zoned.contains(decoder.tenant),
            provenance: Provenance(
              ingestedAt: .now(), topic: topic, partition: partition, offset: next))
        }
        if let verdict { batch.pricing.count(verdict) }
        batch.unknownFields.count(
          decoder.unknown, source: 0, sources: 1, partition: partition, offset: next)
      } catch {
        batch.reject(record, decoder.located(error))
      }
    }
    next += 1
  }

  /// Writes once, as the writer would.
  func write(_ batch: Batch, _ plan: WritePlan = WritePlan()) throws -> [Committed.Table] {
    let write = WriteBatch(sql: sql, owner: "owner", cluster: Self.cluster)
    let result = try link.use { connection throws(PostgresError) in
      write.result(BatchPart(batch), plan, on: &connection)
    }
    return try result.get() ?? []
  }

  /// A valid invocation; `id` makes the identity, `cost` the content; nil leaves it out.
  static func invocation(
    _ id: Int, cost: String? = "0.25", tenant: String = "acme", extra: String = "",
    occurredAt: String = recent
  ) -> String {
    let digits = String(id)
    let uuid =
      "0190b7c2-6f3e-7c1a-9a53-" + String(repeating: "0", count: 12 - digits.count) + digits
    let money = cost.map { #""cost":"\#($0)","currency":"USD","# } ?? ""
    return """
      {"invocation_id":"\(uuid)","occurred_at":"\(occurredAt)","tenant_id":"\(tenant)",\
      "provider":"anthropic","operation":"chat","request_model":"claude-sonnet-4-5",\
      "input_tokens":100,"output_tokens":10,\(money)\
      "status":"success"\(extra)}
      """
  }

  /// The same instant in every record of a run, so that equal ids are equal identities.
  static let recent = Timestamp(
    microseconds: Timestamp.now().microseconds - 60 * Timestamp.microsecondsPerSecond
  ).description
}

/// The sums that must agree after every run (design, "How it is tested").
struct Sums: Equatable, CustomStringConvertible {
  var rows: Int64
  var rejected: Int64
  var ledgerSeen: Int64
  var ledgerStored: Int64
  var ledgerDuplicates: Int64
  var rowCost: String
  var dailyCost: String
  var monthlyCost: String
  var nextOffset: Int64

  init(_ database: TestDatabase) throws {
    func number(_ sql: String) throws -> Int64 {
      Int64(try database.value(sql) ?? "") ?? -1
    }
    rows = try number(
      "SELECT (SELECT count(*) FROM invocations) + (SELECT count(*) FROM audit_logs)")
    rejected = try number("SELECT count(*) FROM rejected_records")
    ledgerSeen = try number("SELECT coalesce(sum(seen), 0)::bigint FROM ingest_batches")
    ledgerStored = try number("SELECT coalesce(sum(stored), 0)::bigint FROM ingest_batches")
    ledgerDuplicates = try number("SELECT coalesce(sum(duplicates), 0)::bigint FROM ingest_batches")
    rowCost = try database.value("SELECT trim_scale(coalesce(sum(cost), 0)) FROM invocations") ?? ""
    dailyCost =
      try database.value("SELECT trim_scale(coalesce(sum(cost), 0)) FROM costs_daily") ?? ""
    monthlyCost =
      try database.value("SELECT trim_scale(coalesce(sum(cost), 0)) FROM costs_monthly") ?? ""
    nextOffset = try number("SELECT coalesce(sum(next_offset), 0)::bigint FROM ingest_offsets")
  }

  /// What does not add up, for `produced` records of which `accepted` are distinct and valid.
  func problems(produced: Int64, accepted: Int64, cost: String? = nil) -> [String] {
    var problems: [String] = []
    func check(_ condition: Bool, _ what: String) { if !condition { problems.append(what) } }
    check(rows + ledgerDuplicates + rejected == produced, "accepted + duplicates + rejected")
    check(rows == accepted && ledgerStored == rows, "rows in tables")
    check(ledgerSeen == produced, "records in the ledger")
    check(rowCost == dailyCost && dailyCost == monthlyCost, "rollups")
    if let cost { check(rowCost == cost, "cost, expected \(cost)") }
    check(nextOffset == produced, "stored offsets")
    return problems.isEmpty ? [] : problems + [description]
  }

  var description: String {
    "rows=\(rows) rejected=\(rejected) seen=\(ledgerSeen) stored=\(ledgerStored) "
      + "duplicates=\(ledgerDuplicates) cost=\(rowCost)/\(dailyCost)/\(monthlyCost) "
      + "next=\(nextOffset)"
  }
}
