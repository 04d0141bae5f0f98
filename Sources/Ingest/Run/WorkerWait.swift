// SPDX-License-Identifier: Apache-2.0
import Telemetry

/// How long a worker waits, and for what. Told once a batch or a poll of an empty queue, never once
/// a record.
struct WorkerWait: Sendable {
  enum Cause: String, CaseIterable {
    case kafka, writer, database
  }

  private let worker: String

  init(worker: Int) {
    self.worker = String(worker)
    for cause in Cause.allCases { add(.zero, for: cause) }
  }

  func add(_ time: Duration, for cause: Cause) {
    Metrics.workerWait.add(seconds: max(.zero, time) / .seconds(1), [worker, cause.rawValue])
  }
}
