// SPDX-License-Identifier: Apache-2.0
import Kafka
import Telemetry

/// Log line and metric of a halted partition.
enum HaltReport {
  static func halted(_ topicPartition: TopicPartition, _ reason: String, detail: String) {
    Metrics.partitionsHalted.set(
      1, [topicPartition.topic, String(topicPartition.partition), reason])
    Log.error(
      "partition halted",
      [
        "topic": LogValue(topicPartition.topic), "partition": LogValue(topicPartition.partition),
        "reason": LogValue(reason), "detail": LogValue(detail),
        "decide_with": LogValue(
          "daybook offsets resume|set|forget --topic \(topicPartition.topic) --partition \(topicPartition.partition)"
        ),
      ])
  }

  /// Forgets partitions that are no longer ours; their next owner reports them.
  static func released(_ states: [PartitionState]) {
    for state in states {
      let partition = String(state.topicPartition.partition)
      guard let reason = state.haltReason else { continue }
      Metrics.partitionsHalted.remove([state.topicPartition.topic, partition, reason])
    }
  }
}
