// SPDX-License-Identifier: Apache-2.0
import Ledger

extension RestoreReport {
  /// For programs.
  var json: JSONValue {
    .object([
      "good": .boolean(problems.isEmpty && doubts.isEmpty), "audit": audit.json,
      "offsets": .array(points.map(Self.json)),
      "archives": .integer(archives.count),
      "archive_faults": archiveFindings.map { findings in
        .array(
          findings.compactMap { finding in
            finding.fault.map {
              .object([
                "table": .string(finding.archive.table),
                "partition": .string(finding.archive.partition),
                "manifest": .string(finding.path), "fault": .string($0),
              ])
            }
          })
      } ?? .null,
      "behind_source": comparison.map { .integer($0.behind) } ?? .null,
      "open": .array(doubts.map { .string($0) }),
      "problems": .array(problems.map { .string($0) }),
    ])
  }

  private static func json(_ point: ResumePoint) -> JSONValue {
    var log: (low: JSONValue, high: JSONValue) = (.null, .null)
    if case .known(let low, let high) = point.log { log = (.integer(low), .integer(high)) }
    return .object([
      "cluster_id": .string(point.position.clusterID), "topic": .string(point.position.topic),
      "partition": .integer(point.position.partition),
      "go_on_from": .integer(point.position.nextOffset), "log_begins": log.low,
      "log_ends": log.high, "to_read": point.toRead.map { .integer($0) } ?? .null,
      "halt_reason": .optional(point.position.haltReason), "problem": .optional(point.problem),
      "open": .optional(point.doubt),
    ])
  }
}
