// SPDX-License-Identifier: Apache-2.0
import Telemetry

/// The points of maintenance where a test makes the process die or freeze.
enum UpkeepFault: String, FaultPoint {
  case createDone = "create.done"
  case retireBegun = "retire.begun"
  case retireDetached = "retire.detached"
  case retireMarked = "retire.marked"
  case retireRevoked = "retire.revoked"
  case retireExported = "retire.exported"
  case retireArchived = "retire.archived"
  case retireRead = "retire.read"
  case retireVerified = "retire.verified"
  case retireSent = "retire.sent"
  case retireShipped = "retire.shipped"
  case retireDropped = "retire.dropped"
  case indexBuilding = "index.building"
}
