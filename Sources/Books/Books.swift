// SPDX-License-Identifier: Apache-2.0
package import Postgres

/// The books: statements, adjustments, reconciliation, exports, on one connection.
///
/// Every statement names its schema, so it works through a pooler in transaction mode. One thread
/// at a time.
package struct Books: InSchema, ~Copyable {
  var connection: Connection
  package let schema: String
  /// How long a question that reads every row may take.
  package var scanSeconds = 1_800

  /// Takes the connection over; `schema` is where the tables stand, not quoted.
  package init(_ connection: consuming Connection, schema: String) {
    self.connection = connection
    self.schema = schema
  }

  var scanDeadline: Duration { .seconds(scanSeconds + Self.answerSeconds) }

  private static let answerSeconds = 10
}
