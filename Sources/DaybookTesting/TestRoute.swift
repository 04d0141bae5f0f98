// SPDX-License-Identifier: Apache-2.0

/// How a test reaches the server.
package enum TestRoute: Sendable, Hashable, CaseIterable {
  case direct
  /// PgBouncer, a server connection for each transaction.
  case transactionPooler
  /// PgBouncer, a server connection for each client.
  case sessionPooler
}
