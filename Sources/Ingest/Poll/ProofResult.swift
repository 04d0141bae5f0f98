// SPDX-License-Identifier: Apache-2.0
import Telemetry

/// What became of reading a partition's anchor again.
enum ProofResult: String {
  case same
  case changed
  /// Retention has deleted the record: there is nothing to compare.
  case gone

  func count() { Metrics.positionProofs.add(1, [rawValue]) }
}
