// SPDX-License-Identifier: Apache-2.0

/// Whether a transaction whose COMMIT got no answer has committed, told by the offset rows: they
/// live and die with the data.
enum Settlement: Equatable {
  case committed
  /// Nothing happened: the same batch can be sent again.
  case notCommitted
  /// The batch can never be written: another owner, or a failover that lost committed offsets.
  case void(why: String)

  /// An offset row, read under its lock.
  struct Position: Equatable {
    var topic: String
    var partition: Int32
    var nextOffset: Int64
    var epoch: Int64
    var lastBatch: String?
  }

  /// The rule of design: the transaction is atomic, so one row that carries the batch proves it
  /// all.
  init(batch: String, spans: [Batch.Span], positions: [Position]) {
    if positions.contains(where: { $0.lastBatch == batch }) {
      self = .committed
      return
    }
    for span in spans {
      let row = positions.first { $0.topic == span.topic && $0.partition == span.partition }
      guard let row else {
        self = .void(why: "\(span.topic)[\(span.partition)] has no offset in the database")
        return
      }
      if row.epoch != span.epoch {
        self = .void(why: "\(span.topic)[\(span.partition)] has another owner")
        return
      }
      if row.nextOffset != span.from {
        self = .void(
          why: "the database is at \(span.topic)[\(span.partition)]@\(row.nextOffset), "
            + "the batch begins at \(span.from)")
        return
      }
    }
    self = .notCommitted
  }
}
