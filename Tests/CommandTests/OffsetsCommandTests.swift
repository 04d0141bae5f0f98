// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Sysexits
import Testing
import daybook

/// Decisions for which brokers are asked: those of the position's own cluster.
@Suite struct OffsetsCommandTests {
  /// A topic of two partitions, and positions in it.
  private struct Scene {
    let cluster: MockCluster
    let commands: CommandScene

    static func run(_ body: (Scene) throws -> Void) throws {
      let cluster = try MockCluster()
      try cluster.createTopic("calls", partitions: 2)
      try CommandScene.with { try body(Scene(cluster: cluster, commands: $0)) }
    }

    /// Halted at offset 7.
    func insert(_ cluster: String, _ partition: Int, _ reason: String) throws {
      try commands.database.value(
        """
        INSERT INTO ingest_offsets (cluster_id, topic, partition, next_offset, state, halt_reason, halt_detail,
          halted_at)
        VALUES ('\(cluster)', 'calls', \(partition), 7, 'halted', '\(reason)', 'by the test', now())
        """)
    }

    func decide(
      _ words: [String], _ partition: Int, _ cluster: String, brokers: String?
    ) throws -> (code: ExitCode, output: String) {
      try commands.run(
        ["offsets"] + words
          + ["--topic", "calls", "--partition", "\(partition)", "--cluster", cluster]
          + ["--reason", "test", "--yes"],
        brokers.map { ["DAYBOOK_KAFKA_BROKERS": $0] } ?? [:])
    }

    func positions(of cluster: String) throws -> String? {
      try commands.database.value(
        """
        SELECT string_agg(concat_ws(' ', partition, next_offset, state), ', ' ORDER BY partition)
        FROM ingest_offsets WHERE cluster_id = '\(cluster)'
        """)
    }

    /// The cluster's name for itself.
    func name() throws -> String {
      let refused = try decide(["set", "--to", "low"], 0, "elsewhere", brokers: cluster.brokers)
      return String(
        try #require(refused.output.firstMatch(of: /are cluster ([^,]+), not elsewhere/)).1)
    }
  }

  @Test func brokersOfAnotherClusterHaveNoSay() throws {
    try Scene.run { scene in
      try scene.insert("elsewhere", 0, "reject_ratio")
      try scene.insert("elsewhere", 5, "partition_count_shrank")
      for (words, partition) in [
        (["set", "--to", "low"], 0), (["set", "--to", "high"], 0),
        (["resume", "--accept-rejects-until", "high"], 0), (["forget"], 5),
      ] {
        let result = try scene.decide(
          words, partition, "elsewhere", brokers: scene.cluster.brokers)
        #expect(result.code == .configuration, "\(words): \(result.output)")
        #expect(result.output.hasPrefix("these brokers are cluster "), "\(result.output)")
      }
      #expect(try scene.positions(of: "elsewhere") == "0 7 halted, 5 7 halted")
      // A number asks nobody.
      let set = try scene.decide(["set", "--to", "3"], 0, "elsewhere", brokers: nil)
      #expect(set.code == .success, "\(set.output)")
      let forget = try scene.decide(["forget", "--cluster-gone"], 5, "elsewhere", brokers: nil)
      #expect(forget.code == .success, "\(forget.output)")
      #expect(try scene.positions(of: "elsewhere") == "0 3 active")
    }
  }

  @Test func brokersOfItsOwnClusterSayWhereItGoesOn() throws {
    try Scene.run { scene in
      try scene.insert("elsewhere", 0, "reject_ratio")
      let name = try scene.name()
      for partition in [0, 1, 5] { try scene.insert(name, partition, "partition_count_shrank") }
      let set = try scene.decide(["set", "--to", "high"], 0, name, brokers: scene.cluster.brokers)
      #expect(set.code == .success, "\(set.output)")
      let kept = try scene.decide(["forget"], 1, name, brokers: scene.cluster.brokers)
      #expect(kept.code == .usage, "\(kept.output)")
      let forget = try scene.decide(["forget"], 5, name, brokers: scene.cluster.brokers)
      #expect(forget.code == .success, "\(forget.output)")
      #expect(try scene.positions(of: name) == "0 0 active, 1 7 halted")
      #expect(try scene.positions(of: "elsewhere") == "0 7 halted")
    }
  }

  @Test func brokersThatAreAwayDecideNothing() throws {
    try Scene.run { scene in
      try scene.insert("elsewhere", 0, "reject_ratio")
      let set = try scene.decide(["set", "--to", "low"], 0, "elsewhere", brokers: "127.0.0.1:1")
      #expect(set.code == .unavailable, "\(set.output)")
      #expect(try scene.positions(of: "elsewhere") == "0 7 halted")
    }
  }
}
