// SPDX-License-Identifier: Apache-2.0
import Foundation
import Sysexits

/// What `daybook audit --json` said of the source.
struct SavedAudit: Decodable {
  struct TableAccount: Decodable {
    let table: String
    /// Nil in what a release before items printed: as many as seen.
    let records: Int64?
    let seen: Int64
    let stored: Int64
    let duplicates: Int64
    let rejected: Int64
    let skipped: Int64?
    let rows: Int64
    let archived_rows: Int64
    let rejected_records: Int64
    let archived_rejected_records: Int64
  }

  struct CostSum: Decodable {
    let currency: String
    let rows: String
    let archived: String
    let repriced: String
    let daily: String
    let monthly: String
    let corrections: String
  }

  let tables: [TableAccount]
  let costs: [CostSum]
  let statements: Int64

  static func read(_ path: String) throws(CommandError) -> SavedAudit {
    let bytes = try FileBytes.read(path)
    do {
      return try JSONDecoder().decode(SavedAudit.self, from: Data(bytes))
    } catch {
      throw CommandError(
        .data, "\(path) is not what daybook audit --json prints: make it anew at the source")
    }
  }
}
