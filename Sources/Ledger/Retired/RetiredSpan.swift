// SPDX-License-Identifier: Apache-2.0

/// What the ledger's spans of one Kafka partition were, in a partition of the ledger that is gone.
struct RetiredSpan {
  let partition: SpanBreak.KafkaPartition
  /// Where the first span began and the last one ended, in order of time.
  let from: Int64
  let next: Int64
  /// Sum of the lengths of the spans.
  let offsets: Int64
  /// Of Kafka; `seen` in the receipt.
  let records: Int64
  let gaps: Int64
  /// When the first and the last span were committed; RFC 3339, UTC, of fixed width.
  let firstAt: String
  let lastAt: String

  init(_ row: ResultRow) {
    partition = SpanBreak.KafkaPartition(
      cluster: row.text(0), topic: row.text(1), partition: row.integer(2))
    from = row.integer(3)
    next = row.integer(4)
    offsets = row.integer(5)
    records = row.integer(6)
    gaps = row.integer(7)
    firstAt = row.text(8)
    lastAt = row.text(9)
  }

  /// A sentence, or nil if the spans cover `from..<next`, but for what operators journaled.
  func problem(journal: [SpanBreak.Change]) -> String? {
    let name = "\(partition.topic)/\(partition.partition)"
    if offsets != records &+ gaps {
      return "\(name): \(offsets) retired offsets hold \(records) records and \(gaps) gaps"
    }
    var expected = from &+ offsets
    for change in journal
    where change.partition == partition && change.time >= firstAt && change.time <= lastAt {
      expected = expected &+ change.new &- change.old
    }
    if expected == next { return nil }
    return
      "\(name): the retired ledger leads from \(from) to \(next), but covers \(offsets) offsets"
  }
}
