// SPDX-License-Identifier: Apache-2.0

/// Where the ledger of a Kafka partition jumps, or what it begins with; what was journaled may
/// explain it.
struct SpanBreak {
  enum Place: String {
    /// Before the first span.
    case start
    case between
    /// Between the last span and the stored position.
    case end
    /// There is a position, and no span.
    case unread
  }

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
  /// Where the next span had to begin; 0 before the first one.
  let expected: Int64
  /// Where it begins; nil if the partition has no position at all.
  let actual: Int64?
  let place: Place
  /// When the span before was committed, and the span behind; RFC 3339 as in `Change`. Empty before
  /// the first one.
  let after: String
  let before: String?

  init(_ row: ResultRow) {
    partition = KafkaPartition(cluster: row.text(0), topic: row.text(1), partition: row.integer(2))
    expected = row.integer(3)
    actual = row.optional(4).flatMap { Int64($0) }
    place = Place(rawValue: row.text(5)) ?? .between
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
    switch place {
    case .start:
      return "\(name): the ledger begins at \(actual), but as the journal says it had to at "
        + "\(position)"
    case .unread:
      return "\(name): nothing is in the ledger, but the next offset is \(actual), and as the "
        + "journal says \(position)"
    case .end:
      return "\(name): the ledger ends at \(expected), but the next offset is \(actual)"
    case .between:
      let distance = actual.subtractingReportingOverflow(expected).partialValue
      return actual > expected
        ? "\(name): a hole of \(distance) offsets in the ledger, \(expected)..<\(actual)"
        : "\(name): \(-distance) offsets are in the ledger twice, \(actual)..<\(expected)"
    }
  }

  private var name: String { "\(partition.topic)/\(partition.partition)" }
}
