// SPDX-License-Identifier: Apache-2.0
import Ledger

/// Where ingest goes on in one Kafka partition, and whether the log still has what is missing.
struct ResumePoint {
  let position: PartitionPosition
  let log: LogExtent

  var name: String { "\(position.topic)/\(position.partition)" }

  /// How many offsets are read again; nil when that cannot be known, or is impossible.
  var toRead: Int64? {
    guard case .known(let low, let high) = log, low <= position.nextOffset else { return nil }
    let (count, overflow) = high.subtractingReportingOverflow(position.nextOffset)
    return overflow || count < 0 ? nil : count
  }

  /// Why what came after the restored point cannot be read again.
  var problem: String? {
    guard case .known(let low, let high) = log else { return nil }
    let next = position.nextOffset
    if low > next {
      return "\(name): it goes on at offset \(next), but the log begins at \(low): \(low - next) "
        + "offsets are gone; restore a later point in time, or bring them back, before ingest runs"
    }
    if next > high {
      return "\(name): it goes on at offset \(next), but the log ends at \(high): it was cut off, "
        + "or is another one; see partition-halted in the runbooks"
    }
    return nil
  }

  /// Why nobody knows.
  var doubt: String? {
    if let reason = position.haltReason {
      return "\(name): it is halted (\(reason)): nothing of it is read until somebody decides: "
        + "daybook offsets list, and partition-halted in the runbooks"
    }
    return log.reason.map {
      "\(name): whether the log still has offset \(position.nextOffset): \($0)"
    }
  }
}
