// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Kafka

/// The receipt of a committed batch.
struct Committed: Sendable {
  /// What the batch did to one table, in items.
  struct Table: Sendable {
    var name: String
    var seen: Int64
    var stored: Int64
    var duplicates: Int64
    var rejected: Int64
  }

  var batch: UUIDBytes
  var generation: Int
  /// The offset after the last consumed record of each partition.
  var positions: [PartitionOffset]
  /// When its last record was made, in seconds since 1970, as Kafka has it.
  var recordTimes: [TopicPartition: Double]
  var tables: [Table]
  var byteCount: Int
  var duration: Duration
  /// What was written last: a part is told of by itself.
  var shares: [RejectShare]

  /// Nothing of a batch yet.
  init(_ batch: Batch) {
    self.batch = batch.id
    generation = batch.generation
    positions = []
    recordTimes = [:]
    tables = []
    byteCount = 0
    duration = .zero
    shares = []
  }

  /// A part of a batch, or all of it.
  init(_ part: BatchPart, _ plan: WritePlan, _ tables: [Table], duration: Duration) {
    batch = part.id
    generation = part.batch.generation
    positions = part.movedSpans.map { span in
      PartitionOffset(
        TopicPartition(topic: span.topic, partition: span.partition), offset: span.next)
    }
    recordTimes = Self.recordTimes(of: part)
    self.tables = tables
    byteCount = part.byteCount
    self.duration = duration
    shares = RejectShare.all(of: part, plan)
  }

  /// Adds a part that was written after the others.
  mutating func add(_ part: Committed) {
    positions.removeAll { old in
      part.positions.contains { $0.topicPartition == old.topicPartition }
    }
    positions += part.positions
    recordTimes.merge(part.recordTimes) { $1 }
    for table in part.tables {
      if let index = tables.firstIndex(where: { $0.name == table.name }) {
        tables[index].seen += table.seen
        tables[index].stored += table.stored
        tables[index].duplicates += table.duplicates
        tables[index].rejected += table.rejected
      } else {
        tables.append(table)
      }
    }
    byteCount += part.byteCount
    duration += part.duration
    shares = part.shares
  }
  /// Without partitions whose last record has no time.
  private static func recordTimes(of part: BatchPart) -> [TopicPartition: Double] {
    var times: [TopicPartition: Double] = [:]
    for span in part.movedSpans where span.lastEntry >= 0 {
      let milliseconds = part.batch.entries[span.lastEntry].timestampMilliseconds
      guard milliseconds >= 0 else { continue }
      let topicPartition = TopicPartition(topic: span.topic, partition: span.partition)
      times[topicPartition] = Double(milliseconds) / 1000
    }
    return times
  }
}
