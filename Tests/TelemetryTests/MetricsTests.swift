// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Foundation
import Telemetry
import Testing

@Suite struct MetricsTests {
  @Test func samplesAreWrittenInTextFormat() {
    Metrics.recordsWritten.add(3, ["metrics_test"])
    Metrics.recordsWritten.add(4, ["metrics_test"])
    Metrics.assignedPartitions.set(2, ["quote\"back\\line\n"])
    Metrics.batchDuration.observe(0.02, ["metrics_test"])
    Metrics.batchDuration.observe(99, ["metrics_test"])
    let text = Metrics.exposition()
    #expect(text.contains("daybook_records_written_total{table=\"metrics_test\"} 7\n"))
    #expect(text.contains("{worker=\"quote\\\"back\\\\line\\n\"} 2\n"))
    let bucket = "daybook_batch_duration_seconds_bucket{table=\"metrics_test\",le="
    #expect(text.contains(bucket + "\"0.01\"} 0\n"))
    #expect(text.contains(bucket + "\"0.025\"} 1\n"))
    #expect(text.contains(bucket + "\"60\"} 1\n"))
    #expect(text.contains(bucket + "\"+Inf\"} 2\n"))
    #expect(
      text.contains("daybook_batch_duration_seconds_sum{table=\"metrics_test\"} 99.02\n"))
    #expect(text.contains("daybook_batch_duration_seconds_count{table=\"metrics_test\"} 2\n"))
  }

  @Test func everyMetricIsListedOnce() {
    let names = Metrics.all.map(\.name)
    #expect(Set(names).count == names.count)
    #expect(names.allSatisfy { $0.hasPrefix("daybook_") })
  }

  @Test func whatCanHappenIsCountedFromZero() {
    #expect(Metrics.batchesByPath.sample(["bisected"]) == 0)
    #expect(Metrics.commitsUnknown.sample(["not_committed"]) == 0)
    #expect(Metrics.claims.sample(["given_up"]) == 0)
  }

  @Test func aForgottenPartitionLeavesNoSample() {
    Metrics.partitionsHalted.set(1, ["gone", "0", "offset_lost"])
    Metrics.partitionsHalted.set(1, ["kept", "0", "offset_lost"])
    Metrics.partitionsHalted.remove(["gone", "0", "offset_lost"])
    #expect(Metrics.partitionsHalted.sample(["gone", "0", "offset_lost"]) == nil)
    #expect(Metrics.partitionsHalted.sample(["kept", "0", "offset_lost"]) == 1)
  }

  static let promtool = ["/usr/bin/promtool", "/usr/local/bin/promtool"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  @Test(.enabled(if: promtool != nil, "promtool (Debian package prometheus) is not installed"))
  func promtoolFindsNoFault() throws {
    Metrics.recordsRejected.add(1, ["t", "bad_time"])
    Metrics.consumerLagRecords.set(5, ["t", "0"])
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(Self.promtool))
    process.arguments = ["check", "metrics"]
    let input = Pipe()
    let output = Pipe()
    process.standardInput = input
    process.standardOutput = output
    process.standardError = output
    try process.run()
    try input.fileHandleForWriting.write(contentsOf: Data(Metrics.exposition().utf8))
    try input.fileHandleForWriting.close()
    let said = String(
      decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(said)")
  }
}
