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
          "daybook offsets resume|set --topic \(place.topic) --partition \(place.partition)"),
      ])
  }

  /// Forgets a partition that is no longer ours; its next owner reports it.
  static func released(_ places: [TopicPartition]) {
    for place in places {
      Metrics.partitionsHalted.remove { $0.prefix(2) == [place.topic, String(place.partition)] }
    }
  }
}
