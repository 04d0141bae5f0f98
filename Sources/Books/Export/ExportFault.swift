// SPDX-License-Identifier: Apache-2.0
import Telemetry

/// Where tests kill an export.
enum ExportFault: String, FaultPoint {
  case checkpointed = "export.checkpointed"
  case named = "export.named"
}
