// SPDX-License-Identifier: Apache-2.0
import Kafka

/// A log that keeps what was sent until it is stored.
enum TopicChecks {
  static let all: [Check<[TopicFacts]>] = [
    each("kafka.topic", .problem, why: "nothing can be read from it") { topic in
      topic.description == nil
        ? Violation(
          what: "topic \(topic.name) does not exist, or may not be seen",
          remedy: "create it, correct --topic, or allow DESCRIBE and READ on it") : nil
    },
    each(
      "kafka.cleanup.policy", .problem,
      why: "compaction takes records away before they were read, and no offset tells which"
    ) { topic in
      guard let policy = topic.description?.config["cleanup.policy"], policy.contains("compact"),
        !topic.areGapsAllowed
      else { return nil }
      return Violation(
        what: "topic \(topic.name): cleanup.policy = \(policy)",
        remedy: topic.change("cleanup.policy", to: "delete"))
    },
    each(
      "kafka.retention.ms", .problem,
      why: "what was not stored within that time is lost, and an outage over a weekend is longer"
    ) { topic in
      guard let time = topic.integer("retention.ms"), (0..<retentionMillisecondsMin).contains(time)
      else { return nil }
      return Violation(
        what: "topic \(topic.name): retention.ms = \(time) (\(time / 3_600_000) h)",
        remedy: topic.change("retention.ms", to: "604800000"))
    },
    each(
      "kafka.retention.bytes", .warning,
      why: "a rush can push out records that were not stored yet, whatever retention.ms says"
    ) { topic in
      guard let bytes = topic.integer("retention.bytes"), bytes >= 0 else { return nil }
      return Violation(
        what: "topic \(topic.name): retention.bytes = \(bytes)",
        remedy: topic.change("retention.bytes", to: "-1"))
    },
    each(
      "kafka.replication.factor", .problem,
      why: "one broker's disk is the only one with the records"
    ) { topic in
      guard let count = topic.description?.replicaCountMin, count < 2 else { return nil }
      return Violation(
        what: "topic \(topic.name): replication factor \(count)",
        remedy: "kafka-reassign-partitions.sh, with three replicas of each partition")
    },
    each(
      "kafka.min.insync.replicas", .problem,
      why: "a producer's record is acknowledged on one broker, and lost with it; as many as there "
        + "are replicas, and one broker that restarts stops every producer"
    ) { topic in
      guard let least = topic.integer("min.insync.replicas"),
        let count = topic.description?.replicaCountMin, count > 1, least < 2 || least >= count
      else { return nil }
      let what = "topic \(topic.name): min.insync.replicas = \(least) of \(count)"
      // Of two replicas no value is right: 1 loses records, 2 stops producers.
      guard count > 2 else {
        return Violation(
          what: least == 2 ? "\(what), so both replicas must be in sync" : what,
          remedy: "three replicas of each partition first (kafka-reassign-partitions.sh), then "
            + "min.insync.replicas = 2")
      }
      return Violation(
        what: what, remedy: topic.change("min.insync.replicas", to: String(max(2, count - 1))))
    },
    each(
      "kafka.unclean.leader.election.enable", .problem,
      why: "a log can lose its end and be written again: other records under the same offsets"
    ) { topic in
      guard topic.description?.config["unclean.leader.election.enable"] == "true"
      else { return nil }
      return Violation(
        what: "topic \(topic.name): unclean.leader.election.enable = true",
        remedy: topic.change("unclean.leader.election.enable", to: "false"))
    },
    each(
      "kafka.partitions.leader", .problem, why: "nothing can be read from them, or sent to them"
    ) { topic in
      guard let lost = topic.description?.leaderlessCount, lost > 0 else { return nil }
      return Violation(
        what: "topic \(topic.name): \(lost) partitions have no leader",
        remedy: "bring the brokers back: kafka-topics.sh --describe --unavailable-partitions")
    },
    each(
      "kafka.partitions.insync", .warning,
      why: "the next broker that fails can take records with it"
    ) { topic in
      guard let behind = topic.description?.behindCount, behind > 0 else { return nil }
      return Violation(
        what: "topic \(topic.name): \(behind) partitions have replicas that are not in sync",
        remedy: "kafka-topics.sh --describe --under-replicated-partitions")
    },
    Check("kafka.workers", .warning, why: "workers without a partition do nothing") { topics in
      let counts = topics.compactMap { $0.description?.partitionCount }
      guard let most = counts.max(), let workers = topics.first?.workerCount, workers > most
      else { return [] }
      return [
        Violation(
          what: "\(workers) workers, and no topic has more than \(most) partitions",
          remedy: "workers = \(most), or kafka-topics.sh --alter --partitions \(workers)")
      ]
    },
  ]

  private static func each(
    _ name: String, _ gravity: Finding.Gravity, why: String,
    _ violation: @escaping @Sendable (TopicFacts) -> Violation?
  ) -> Check<[TopicFacts]> {
    Check(name, gravity, why: why) { topics in topics.compactMap(violation) }
  }

  /// From Friday evening to Monday morning, and a margin.
  private static let retentionMillisecondsMin = 72 * 3_600_000
}
