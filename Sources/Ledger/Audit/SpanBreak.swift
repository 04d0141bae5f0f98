// SPDX-License-Identifier: Apache-2.0

/// Where the ledger of a Kafka partition jumps; an operator's journaled decision may
/// explain it.
struct SpanBreak {
  struct KafkaPartition: Equatable {
    let cluster: String
    let topic: String
    let partition: Int64
  }

  struct Change {
    let partition: KafkaPartition
    let old: Int64
    let new: Int64
    /// RFC 3339, UTC, of fixed width: texts compare as times do.
    let time: String
    /// The position was removed; a partition of that number begins at `new` again.
    let isForgotten: Bool
  }

  let partition: KafkaPartition
  /// Where the next span had to begin.
  let expected: Int64
  /// Where it begins; nil if the partition has no position at all.
  let actual: Int64?
  /// The jump is between the last span and the stored position.
  let isAtEnd: Bool
  /// When the span before was committed, and the span behind; RFC 3339 as in `Change`.
  let after: String
  let before: String?

  init(_ row: ResultRow) {
    partition = KafkaPartition(cluster: row.text(0), topic: row.text(1), partition: row.integer(2))
    expected = row.integer(3)
    actual = row.optional(4).flatMap { Int64($0) }
    isAtEnd = row.text(5) == "t"
    after = row.text(6)
    before = row.optional(7)
  }

  /// A sentence, or nil if the journal leads from `expected` to `actual`.
  func problem(journal: [Change]) -> String? {
    var position = expected
    var isForgotten = false
    for change in journal where change.partition == partition && change.time >= after {
      if let before, change.time > before { break }
      if change.old == position { (position, isForgotten) = (change.new, change.isForgotten) }
    }
    guard let actual else {
      return isForgotten
        ? nil : "\(name): records up to \(expected) are in the ledger, but it has no offset"
    }
    if position == actual { return nil }
    if isAtEnd {
      return "\(name): the ledger ends at \(expected), but the next offset is \(actual)"
    }
    let distance = actual.subtractingReportingOverflow(expected).partialValue
    return actual > expected
      ? "\(name): a hole of \(distance) offsets in the ledger, \(expected)..<\(actual)"
      : "\(name): \(-distance) offsets are in the ledger twice, \(actual)..<\(expected)"
  }

  private var name: String { "\(partition.topic)/\(partition.partition)" }
}
