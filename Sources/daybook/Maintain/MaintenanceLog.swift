// SPDX-License-Identifier: Apache-2.0
import Telemetry
import Upkeep

/// What maintenance does, as log lines.
enum MaintenanceLog {
  static func write(_ event: MaintenanceEvent) {
    switch event {
    case .began, .exported: break
    case .done(let action):
      Log.info("done", fields(action, "reason", action.reason))
    case .passed(let action, let why):
      Log.info("left as it is", fields(action, "reason", why))
    case .failed(let action, let error):
      Log.warn("failed", fields(action, "error", error.description))
    case .ended(let report):
      let level: LogLevel = report.outcome.isFailure ? .warn : .info
      let facts: KeyValuePairs<String, LogValue> = [
        "job": LogValue(report.job.rawValue), "outcome": LogValue(report.outcome.rawValue),
        "seconds": LogValue(report.seconds), "actions": LogValue(report.actions),
        "message": LogValue(report.message),
      ]
      if level == .info { Log.info("job ended", facts) } else { Log.warn("job ended", facts) }
    }
  }

  private static func fields(
    _ action: PlannedAction, _ name: String, _ value: String
  ) -> KeyValuePairs<String, LogValue> {
    [
      "action": LogValue(action.name), "table": LogValue(action.table),
      "partition": LogValue(action.partition), name: LogValue(value),
    ]
  }
}
