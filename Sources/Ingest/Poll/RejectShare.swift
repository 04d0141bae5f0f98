// SPDX-License-Identifier: Apache-2.0
import Kafka

/// How much of what was written of a partition was refused, in items: a batch of a collector whose
/// every item is refused must weigh as much as so many records. What was skipped does not count: it
/// was never meant for the stream, and would hide refusals.
struct RejectShare: Sendable {
  let topicPartition: TopicPartition
  /// The offset after the last of the records.
  let next: Int64
  let items: Int
  /// By the decoder or later.
  let rejections: Int
  /// By the database or the partition policy, after the decoder had accepted the item.
  let late: Int

  static func all(of part: BatchPart, _ plan: WritePlan) -> [RejectShare] {
    var late = Array(repeating: 0, count: part.spans.count)
    for entry in plan.refused.keys where part.entries.contains(entry) {
      late[Int(part.batch.entries[entry].span)] += 1
    }
    return zip(part.spans, late).filter { $0.0.seen > $0.0.skipped }.map { span, late in
      RejectShare(
        topicPartition: TopicPartition(topic: span.topic, partition: span.partition),
        next: span.next,
        items: span.seen - span.skipped, rejections: span.rejected + late, late: late)
    }
  }
}
