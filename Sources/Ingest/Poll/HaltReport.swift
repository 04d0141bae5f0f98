// SPDX-License-Identifier: Apache-2.0
import Kafka
import Telemetry

/// Log line and metric of a halted partition.
enum HaltReport {
  static func halted(_ place: TopicPartition, _ reason: String, detail: String) {
    Metrics.partitionsHalted.set(1, [place.topic, String(place.partition), reason])
    Log.error(
      "partition halted",
      [
        "topic": LogValue(place.topic), "partition": LogValue(place.partition),
        "reason": LogValue(reason), "detail": LogValue(detail),
        "decide_with": LogValue(
          "daybook offsets resume|set|forget --topic \(place.topic) --partition \(place.partition)"),
      ])
  }

  /// Forgets partitions that are no longer ours; their next owner reports them.
  static func released(_ states: [PartitionState]) {
    for state in states {
      let partition = String(state.place.partition)
      guard let reason = state.haltReason else { continue }
      Metrics.partitionsHalted.remove([state.place.topic, partition, reason])
    }
  }
}
