// SPDX-License-Identifier: Apache-2.0
import Telemetry

/// Where tests kill a run of reprice.
enum RepriceFault: String, FaultPoint {
  case posted = "reprice.posted"
}
