// SPDX-License-Identifier: Apache-2.0
import Telemetry

/// The line that `systemctl status` shows of a service.
enum ServiceStatus {
  /// `4 partitions, lag 1,234 records`, or why it is not ready.
  static func ingest(_ health: Health) -> String {
    if let failure = failure(health) { return failure }
    let partitions = whole(Metrics.assignedPartitions.sum ?? 0)
    let line = "\(partitions) partition\(partitions == 1 ? "" : "s")"
    guard let lag = Metrics.consumerLagRecords.sum else { return line }
    return line + ", lag \(Progress.grouped(whole(lag))) records"
  }

  static func maintenance(_ health: Health) -> String {
    failure(health) ?? (Metrics.maintenanceLeader.sum == 1 ? "leading" : "standing by")
  }

  private static func whole(_ value: Double) -> Int64 { Int64(exactly: value.rounded()) ?? .max }

  /// What is told first, and how much more there is; nil when the process is ready.
  private static func failure(_ health: Health) -> String? {
    guard !health.isReady else { return nil }
    let failures = health.report(all: false).split(separator: "\n")
    guard let first = failures.first else { return nil }
    let more = failures.count > 1 ? " (and \(failures.count - 1) more)" : ""
    return "not ready: \(first.replacing("[-]", with: ""))\(more)"
  }
}
