// SPDX-License-Identifier: Apache-2.0

/// How the transactions of Daybook begin: the one place that says what none of them takes from the
/// session, on which another client of a pool may have left its own settings.
///
/// Quoted names in what the catalogue says would be other ones. Compiling a plan costs up to a
/// second for each query over dozens of partitions, and saves less. A setting TO DEFAULT is the one
/// that the server, the database or the role has.
package enum Begin {
  /// Sees what others commit meanwhile, and writes.
  package static let readWrite = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; \(settings)"
  /// One state of the database.
  package static let snapshot = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; \(settings)"

  private static let settings = """
    SET LOCAL jit = off; SET LOCAL synchronous_commit TO DEFAULT; \
    SET LOCAL quote_all_identifiers = off
    """
}
