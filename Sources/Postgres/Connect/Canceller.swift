// SPDX-License-Identifier: Apache-2.0
import CPostgres
import Dispatch
import Foundation
import Synchronization

/// Asks the server to end what a session is doing; made by `Connection.canceller`.
///
/// May be used from any thread, also while the session's own thread waits for an answer, and after
/// the session has ended.
@safe package final class Canceller: Sendable {
  // Sendable: PQcancel only reads the handle, which lives until nobody holds this value.
  private nonisolated(unsafe) let handle: OpaquePointer
  private let underWay = Atomic(0)

  init(consuming handle: OpaquePointer) { unsafe self.handle = handle }

  deinit { unsafe PQfreeCancel(handle) }

  /// Returns when the request was handed over, not when the statement has ended: that fails with
  /// SQLSTATE 57014 if the request came in time.
  ///
  /// False when it could not be handed over within `patience`. PQcancel connects and waits without
  /// a limit of its own, so a thread of its own does it, which is left behind then. It may still
  /// come through.
  @discardableResult
  package func cancel(within patience: Duration = Canceller.patience) -> Bool {
    let request = Request()
    guard underWay.add(1, ordering: .relaxed).newValue <= Self.underWayMax else {
      underWay.subtract(1, ordering: .relaxed)
      return false
    }
    Thread.detachNewThread { [self] in
      request.isSent.store(send(), ordering: .relaxed)
      underWay.subtract(1, ordering: .relaxed)
      request.done.signal()
    }
    guard request.done.wait(timeout: .now() + patience / .seconds(1)) == .success else {
      return false
    }
    return request.isSent.load(ordering: .relaxed)
  }

  private func send() -> Bool {
    unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: Self.messageBytes) { message in
      unsafe PQcancel(handle, message.baseAddress, Int32(message.count))
    } == 1
  }

  /// The caller and the thread that sends; the last of them frees it.
  private final class Request: Sendable {
    let done = DispatchSemaphore(value: 0)
    let isSent = Atomic(false)
  }

  /// Many times what a host that answers takes.
  package static let patience = Duration.seconds(5)
  /// A stop and a deadline may come together. Whoever asks again and again, of a host that says
  /// nothing, leaves no more threads behind.
  private static let underWayMax = 2
  /// What libpq wants for a message.
  private static let messageBytes = 256
}

extension Connection {
  /// Nil once the connection is closed.
  package var canceller: Canceller? { handle.canceller }
}
