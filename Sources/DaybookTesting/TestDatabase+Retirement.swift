// SPDX-License-Identifier: Apache-2.0
import Postgres

extension TestDatabase {
  /// The steps of a retirement, in order; each leads to the state of its name.
  package enum RetirementStep: String, CaseIterable, Sendable {
    case detaching, detached, revoked, archived, verified, dropped
  }

  /// The partition of a month so many months ago, made if need be, whatever the policy says.
  @discardableResult
  package func makePartition(of table: String, monthsAgo: Int) throws -> String {
    try value(
      "SET ROLE app_owner; SELECT daybook_create_partition('\(table)', (now() - interval '\(monthsAgo) months')::date)"
    )
      ?? ""
  }

  /// Retires a partition as maintenance does, without writing an archive; its retirement.
  @discardableResult
  package func retire(
    _ partition: String, of table: String, upTo last: RetirementStep = .dropped
  ) throws -> String {
    var connection = try connect()
    try connection.execute("SET ROLE app_owner")
    let id =
      try connection.execute(
        "SELECT daybook_begin_retirement('\(table)', '\(partition)', 'test')"
      ).text(0, 0) ?? ""
    for step in RetirementStep.allCases {
      switch step {
      case .detaching: break
      case .detached:
        try connection.execute("ALTER TABLE \(table) DETACH PARTITION \(SQL.identifier(partition))")
        try connection.execute("SELECT daybook_mark_detached(\(id))")
      case .revoked: try connection.execute("SELECT daybook_revoke_detached(\(id))")
      case .archived:
        try connection.execute(
          """
          SELECT daybook_record_archive(\(id), '{}', '/archive/\(partition).manifest.json',
            row_count, totals->'costs', sha256('')) FROM partition_retirements
          WHERE retirement_id = \(id)
          """)
      case .verified: try connection.execute("SELECT daybook_record_verified(\(id), sha256(''))")
      case .dropped: try connection.execute("SELECT daybook_drop_retired_partition(\(id))")
      }
      if step == last { return id }
    }
    return id
  }
}
