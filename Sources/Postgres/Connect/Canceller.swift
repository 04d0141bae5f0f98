// SPDX-License-Identifier: Apache-2.0
import CPostgres

/// Asks the server to end what a session is doing; made by `Connection.canceller`.
///
/// May be used from any thread, also while the session's own thread waits for an answer, and after
/// the session has ended.
@safe package final class Canceller: Sendable {
  // Sendable: PQcancel only reads the handle, which lives until nobody holds this value.
  private nonisolated(unsafe) let handle: OpaquePointer

  init(consuming handle: OpaquePointer) { unsafe self.handle = handle }

  deinit { unsafe PQfreeCancel(handle) }

  /// Returns when the request was handed over, not when the statement has ended: that fails with
  /// SQLSTATE 57014 if the request came in time.
  package func cancel() {
    unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: Self.messageBytes) { message in
      _ = unsafe PQcancel(handle, message.baseAddress, Int32(message.count))
    }
  }

  /// What libpq wants for a message.
  private static let messageBytes = 256
}

extension Connection {
  /// Nil once the connection is closed.
  package var canceller: Canceller? { handle.canceller }
}
