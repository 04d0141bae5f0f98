// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Foundation
import Generator
import Testing

extension EndToEnd {
  /// Ready is who has its partitions, or has been told that there are none for it.
  @Suite(.enabled(if: Stack.isKafka, "noida-db has neither access control nor small sessions"))
  struct ReadinessTests {
    /// Of two partitions that are each the first of its topic, `range` gives both to one member.
    @Test func aWorkerWithoutPartitionsIsReady() throws {
      try Scenario.run(partitions: 1) { scenario in
        let process = try scenario.ingest(
          "--metrics-listen", ":0", "-X", "partition.assignment.strategy=range")
        try scenario.load.send(1_000)
        try scenario.expectAllSeen(process)
        #expect(try scenario.number("SELECT count(DISTINCT owner) FROM ingest_offsets") == 1)
        try expectReady(process)
        scenario.expectOrderlyStop(process)
        try scenario.expectSums()
      }
    }

    @Test func aRevokedRightOnTheGroupIsNotReadyAndComesBack() throws {
      try Scenario.run { scenario in
        let process = try scenario.ingest("--metrics-listen", ":0")
        try scenario.load.send(1_000)
        try scenario.expectAllSeen(process)
        try expectReady(process)

        let denied = try DeniedGroup(scenario.group, brokers: Stack.brokers)
        var body = ""
        let isNamed = eventually(seconds: 30) {
          body = HealthPage("/readyz", of: process)?.body ?? ""
          return body.contains("Group authorization failed")
        }
        #expect(isNamed, "\(body)")
        #expect(HealthPage("/readyz", of: process)?.status == 503)
        #expect(HealthPage("/livez", of: process)?.status == 200)

        try denied.allow()
        try scenario.load.send(1_000)
        try scenario.expectAllSeen(process)
        try expectReady(process)
        scenario.expectOrderlyStop(process)
        try scenario.expectSums()
      }
    }

    /// What an open transaction holds back waits as well.
    @Test func theLagCountsRecordsOfAnOpenTransaction() throws {
      try Scenario.run(partitions: 1) { scenario in
        let topic = try #require(scenario.topics[.invocations]?.first)
        let process = try scenario.ingest("--metrics-listen", ":0", "--gaps-allowed", topic)
        try scenario.load.send(500)
        try scenario.expectAllSeen(process)
        let producer = try TransactionalProducer(brokers: Stack.brokers, id: topic)
        try producer.open(Array(repeating: "{}", count: 7), to: topic)
        #expect(eventually(seconds: 40) { HealthPage.lag(of: process) == 7 })
        try producer.end(commits: false)
        #expect(eventually(seconds: 40) { HealthPage.lag(of: process) == 0 })
        scenario.expectOrderlyStop(process)
        #expect(try scenario.seen() == 500)
        #expect(try scenario.number("SELECT sum(gap_offsets) FROM ingest_batches") == 8)
      }
    }

    private func expectReady(_ process: Child) throws {
      let isReady = eventually(seconds: 30) {
        HealthPage("/readyz", of: process)?.status == 200
      }
      #expect(isReady, "\(HealthPage("/readyz", of: process)?.body ?? "")")
    }
  }
}
