// SPDX-License-Identifier: Apache-2.0
import Ledger

/// What `daybook status` has found out, for people.
struct StatusReport {
  /// One Kafka partition with what the broker says about it.
  struct Line {
    let position: PartitionPosition
    let extent: LogExtent

    var lag: Int64? {
      extent.end.map { max(0, $0.subtractingReportingOverflow(position.nextOffset).partialValue) }
    }

    var name: String { "\(position.topic)/\(position.partition)" }
    var decision: String {
      "daybook offsets resume|set|forget --topic \(position.topic) --partition \(position.partition) "
        + "--reason TEXT"
    }
  }

  let lines: [Line]
  let rate: BatchRate
  let lastCommit: String?
  let maintenance: MaintenanceStatus
  /// Nil where the login may not know.
  let unread: UnreadFields?

  func text(_ view: TableView) -> String {
    var text = partitions.text(view) + unknownEnds
    for line in lines where line.position.isHalted { text += halt(line) }
    let perSecond = Int64(rate.recordsPerSecond.rounded())
    let skipped = rate.skipped == 0 ? "" : ", \(rate.skipped) skipped"
    text += """

      last commit: \(lastCommit ?? "none yet")
      last \(rate.seconds) s: \(rate.records) records in \(rate.batches) batches, \(perSecond) \
      records/s; \(rate.stored) stored, \(rate.duplicates) duplicates, \(rate.rejected) rejected\(skipped)


      """
    return text + unreadText(view) + maintenanceText(view)
  }

  private var partitions: Table {
    Table(
      [
        .text("topic"), .id("partition"), .id("next_offset"), .number("lag", isKept: true),
        .id("epoch"), .text("state"), .text("owner"), .text("updated_at"),
      ],
      rows: lines.map { line in
        let position = line.position
        return [
          position.topic, String(position.partition), String(position.nextOffset),
          line.lag.map { String($0) } ?? "?", String(position.epoch),
          position.haltReason.map { "halted: \($0)" } ?? "active", position.owner,
          position.updatedAt,
        ]
      })
  }

  /// One line a reason.
  private var unknownEnds: String {
    let reasons = lines.compactMap(\.extent.reason)
    return Set(reasons).sorted().map { reason in
      let names = lines.filter { $0.extent.reason == reason }.map(\.name)
      return "lag of \(names.joined(separator: ", ")) is not known: \(reason)\n"
    }.joined()
  }

  private func halt(_ line: Line) -> String {
    """

    \(line.name) is halted: \(line.position.haltReason ?? "") (\(line.position.haltDetail ?? ""))
      to decide: \(line.decision)

    """
  }

  /// Nothing when there are none, which is the ordinary case.
  private func unreadText(_ view: TableView) -> String {
    guard let unread else {
      return "fields that nobody reads: not for this login to know; run daybook migrate up\n\n"
    }
    guard !unread.fields.isEmpty else { return "" }
    let more =
      unread.more == 0 ? "" : "\(unread.more) more: daybook rejects unknown-fields --by-day\n"
    return "fields that nobody reads, of the last \(UnreadFields.days) days:\n"
      + Table(
        [
          .text("topic"), .text("table"), .text("field", isKept: true), .number("records"),
          .text("first_day", isKept: true), .text("last_day"),
        ],
        rows: unread.fields.map {
          [$0.topic, $0.table, $0.field, String($0.records), $0.firstDay, $0.lastDay]
        }
      ).text(view) + more + "\n"
  }

  private func maintenanceText(_ view: TableView) -> String {
    var text = Table(
      [
        .text("table"), .number("partitions", isKept: true), .number("months_ahead", isKept: true),
        .text("oldest"),
      ],
      rows: maintenance.runways.map {
        [$0.table, String($0.partitions), String($0.monthsAhead), $0.oldest]
      }
    ).text(view)
    for retirement in maintenance.retirements {
      let failure = retirement.lastError.map {
        "; \(retirement.attempts) failed attempts, the last: \($0)"
      }
      text +=
        "leaving: \(retirement.partition) of \(retirement.table), \(retirement.state) since "
        + "\(retirement.updatedAt)\(failure ?? "")\n"
    }
    text += "active legal holds: \(maintenance.activeHolds)\n"
    if maintenance.jobs.isEmpty { return text + "maintenance has not run yet\n" }
    return text + "\n"
      + Table(
        [.text("job"), .text("last_success"), .text("last_run"), .text("message")],
        rows: maintenance.jobs.map { [$0.name, $0.lastSuccess ?? "never", $0.outcome, $0.message] }
      ).text(view)
  }
}
