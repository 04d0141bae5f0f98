// SPDX-License-Identifier: Apache-2.0
import Postgres
import Telemetry

extension PostgresError {
  /// Counts it; unless the caller knows better, all is tried again that nobody has to mend.
  func count(isRetried: Bool? = nil) {
    let isRetried = isRetried ?? (recovery != .stop)
    Metrics.databaseErrors.add(1, [String(sqlState.classCode), isRetried ? "true" : "false"])
  }
}
