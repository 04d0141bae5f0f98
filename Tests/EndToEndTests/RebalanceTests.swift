// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Foundation
import Testing

extension EndToEnd {
  /// Processes that come and go while records arrive.
  @Suite(
    .enabled(if: Stack.isKafka, "noida-db loses its answers to several members that join at once"))
  struct RebalanceTests {
    @Test(arguments: ["range,roundrobin", "cooperative-sticky"])
    func processesJoinAndLeave(strategy: String) throws {
      try Scenario.run(partitions: 6) { scenario in
        try scenario.load.keepSending(perSecond: 3_000) {
          var processes: [Child] = []
          for count in [1, 2, 3, 2, 1, 3] {
            while processes.count > count { scenario.expectOrderlyStop(processes.removeFirst()) }
            while processes.count < count {
              processes.append(
                try scenario.ingest("-X", "partition.assignment.strategy=\(strategy)"))
            }
            let haveWork = try eventually(seconds: 60) {
              try processes.allSatisfy { try scenario.owned(by: $0) > 0 }
            }
            #expect(haveWork, "\(processes.map(\.lastLines))")
            try scenario.expectProgress(of: 500, processes[0])
          }
          for process in processes { scenario.expectOrderlyStop(process) }
        }
        try scenario.ingestRest(strategy: strategy)
        try scenario.expectSums()
        // Two topics of six partitions were claimed by more than one owner each.
        #expect(try scenario.number("SELECT min(epoch) FROM ingest_offsets") > 1)
      }
    }
  }
}
