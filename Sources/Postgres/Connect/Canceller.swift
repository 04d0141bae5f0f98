// SPDX-License-Identifier: Apache-2.0
import CPostgres

/// Asks the server to end what a session is doing; made by `Connection.canceller`.
///
/// May be used from any thread, also while the session's own thread waits for an answer, and after
/// the session has ended.
package final class Canceller: @unchecked Sendable {
  // Sendable: PQcancel only reads the handle, which lives until nobody holds this value.
  private let handle: OpaquePointer

  init?(_ connection: OpaquePointer) {
    guard let handle = PQgetCancel(connection) else { return nil }
    self.handle = handle
  }

  deinit { PQfreeCancel(handle) }

  /// Returns when the request was handed over, not when the statement has ended: that fails with
  /// SQLSTATE 57014 if the request came in time.
  package func cancel() {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: Self.messageBytes) { message in
      _ = PQcancel(handle, message.baseAddress, Int32(message.count))
    }
  }

  /// What libpq wants for a message.
  private static let messageBytes = 256
}

extension Connection {
  /// Nil once the connection is closed.
  package var canceller: Canceller? { Canceller(handle) }
}
