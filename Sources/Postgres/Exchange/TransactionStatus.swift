// SPDX-License-Identifier: Apache-2.0

/// Where the session stands between statements.
package enum TransactionStatus: Sendable {
  case idle
  /// A statement is running, or its answer has not been read yet.
  case active
  case inTransaction
  /// The transaction has failed; only ROLLBACK (or a COMMIT that answers ROLLBACK) ends it.
  case failed
  /// The connection is bad.
  case unknown
}
