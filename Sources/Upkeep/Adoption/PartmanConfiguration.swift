// SPDX-License-Identifier: Apache-2.0

/// What pg_partman knows of a set: its row of `part_config`, version 4.7 or 5.
package struct PartmanConfiguration: Sendable, Equatable {
  /// The schema that the extension is in.
  package let schema: String
  package let version: String
  package let parentTable: String
  package let premake: Int
  /// An interval as text; nil: it keeps everything.
  package let retention: String?
  /// The same in months; nil when it is not a whole number of them.
  package let retentionMonths: Int?
  package let isMaintained: Bool
  /// Its children shall be partitioned themselves.
  package let hasSubPartitions: Bool
  package let isBeingUndone: Bool
  /// The whole row, for the journal.
  package let json: String
}
