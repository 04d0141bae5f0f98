// SPDX-License-Identifier: Apache-2.0
import Telemetry

/// The points of the write path where a test makes the process die or freeze.
enum IngestFault: String, FaultPoint {
  case assignClaimed = "assign.claimed"
  case batchFilled = "batch.filled"
  case transactionBegun = "tx.begun"
  case copyMid = "copy.mid"
  case copyDone = "copy.done"
  case commitSent = "commit.sent"
  case commitAcknowledged = "commit.acknowledged"
  case revokeReceived = "revoke.received"
}
