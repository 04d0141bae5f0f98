// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Foundation
import Kafka
import Testing

extension EndToEnd {
  /// What `daybook verify-restore` says about the logs of real brokers.
  @Suite(.enabled(if: Stack.isKafka, "noida-db does not delete records")) struct RestoreTests {
    @Test func whatTheLogsHaveIsCountedAndWhatTheyHaveLostIsNamed() throws {
      try Scenario.run(partitions: 2) { scenario in
        try scenario.load.send(2_000)
        let process = try scenario.ingest()
        try scenario.expectAllSeen(process)
        scenario.expectOrderlyStop(process)

        // What the database lacks, as after a restore to an earlier point in time.
        try scenario.load.send(500)
        let good = try verify(scenario, expecting: 0)
        #expect(good["good"] as? Bool == true, "\(good)")
        let points = try #require(good["offsets"] as? [[String: Any]])
        #expect(points.count == 4)
        #expect(points.compactMap { $0["to_read"] as? Int }.reduce(0, +) == 500)

        let lost = try #require(points.first { $0["to_read"] as? Int ?? 0 > 1 })
        let topic = try #require(lost["topic"] as? String)
        let number = try #require(lost["partition"] as? Int)
        let next = try #require(lost["go_on_from"] as? Int)
        try Admin(settings: Stack.client).deleteRecords(before: [
          PartitionOffset(
            TopicPartition(topic: topic, partition: Int32(number)),
            offset: Int64(next) + 1)
        ])
        let bad = try verify(scenario, expecting: 1)
        #expect(
          bad["problems"] as? [String] == [
            "\(topic)/\(number): it goes on at offset \(next), but the log begins at \(next + 1): 1 "
              + "offsets are gone; restore a later point in time, or bring them back, before ingest "
              + "runs"
          ])
      }
    }

    private func verify(_ scenario: Scenario, expecting code: Int32) throws -> [String: Any] {
      let child = try scenario.daybook(["verify-restore", "--json"])
      #expect(child.wait() == .exit(code), "\(child.lastLines)")
      let object = try JSONSerialization.jsonObject(with: Data(child.output.utf8))
      return try #require(object as? [String: Any])
    }
  }
}
