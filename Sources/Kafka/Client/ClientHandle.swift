// SPDX-License-Identifier: Apache-2.0
import CRdKafka
import Dispatch
import Foundation
import Telemetry

/// Owns a `rd_kafka_t` and the context of its callbacks.
///
/// Destroying can hang for ever (a broker that does not answer, a partition list that is still
/// alive), so a helper thread does it, and the owner waits no longer than a deadline.
@safe final class ClientHandle {
  private var client: OpaquePointer?
  private let context: ClientContext

  init(_ client: OpaquePointer, context: ClientContext) {
    unsafe self.client = client
    self.context = context
  }

  deinit {
    if unsafe client != nil { destroy(within: Self.destroySecondsMax) }
  }

  /// Using a closed client is a bug of the caller.
  var live: LiveClient {
    guard let client = unsafe client else { preconditionFailure("the kafka client is closed") }
    return unsafe LiveClient(client)
  }

  var isDestroyed: Bool { unsafe client == nil }

  /// Destroys the client without leaving the group.
  ///
  /// False: it did not end in time, its memory and threads stay until the process ends.
  @discardableResult
  func destroy(within limit: Duration) -> Bool {
    guard let client = unsafe client else { return true }
    unsafe self.client = nil
    let doomed = unsafe Doomed(client: client, context: context)
    let done = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      unsafe rd_kafka_destroy_flags(doomed.client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE)
      withExtendedLifetime(doomed.context) {}
      done.signal()
    }
    let isDone = done.wait(timeout: .now() + limit.timeInterval) == .success
    if !isDone { Log.error("kafka client did not shut down in time, leaving it behind") }
    return isDone
  }

  /// For a client that cannot be destroyed: its memory and threads stay until the process ends.
  func leaveBehind() {
    guard unsafe client != nil else { return }
    unsafe client = nil
    // Its callbacks still come.
    _ = unsafe Unmanaged.passRetained(context)
  }

  /// Handed to the helper thread; nobody else touches the two from then on.
  @safe private struct Doomed: @unchecked Sendable {
    let client: OpaquePointer
    let context: ClientContext
  }

  private static let destroySecondsMax = Duration.seconds(5)
}

extension Duration {
  /// In seconds.
  var timeInterval: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
