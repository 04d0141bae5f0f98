// SPDX-License-Identifier: Apache-2.0
import Dispatch

/// Feeds the watchdog of a service manager by the rule of `/livez`, and keeps the status line
/// fresh, as long as it exists.
package final class ServiceWatch {
  private let timer: any DispatchSourceTimer

  /// `status` is asked on the manager's queue, every few seconds. Nil when nobody listens.
  package init?(
    _ manager: ServiceManager, _ health: Health, status: @escaping @Sendable () -> String
  ) {
    guard manager.isListening else { return nil }
    timer = DispatchSource.makeTimerSource(queue: manager.queue)
    timer.setEventHandler {
      if manager.beatMicroseconds != nil, health.isAlive { manager.beat() }
      manager.status(status())
    }
    let beat = manager.beatMicroseconds ?? Self.intervalMicroseconds
    timer.schedule(
      deadline: .now(), repeating: .microseconds(min(beat, Self.intervalMicroseconds)))
    timer.activate()
  }

  deinit { timer.cancel() }

  /// So old may the status line be.
  private static let intervalMicroseconds = 10_000_000
}
