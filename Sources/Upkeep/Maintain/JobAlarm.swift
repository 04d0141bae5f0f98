// SPDX-License-Identifier: Apache-2.0
import Dispatch

/// Interrupts the work under way from a job's deadline on, until it is called off.
struct JobAlarm {
  private let queue = DispatchQueue(label: "daybook.maintenance.alarm")
  private let timer: any DispatchSourceTimer

  /// `interrupt` is called again and again: one that comes between two statements has no effect.
  init(at deadline: JobDeadline, _ interrupt: @escaping @Sendable () -> Void) {
    timer = DispatchSource.makeTimerSource(queue: queue)
    timer.setEventHandler { interrupt() }
    // Asked first: the other way round it could come before the deadline.
    let seconds = deadline.remaining / .seconds(1)
    timer.schedule(
      deadline: .now() + seconds, repeating: StopRequest.repeatAfter / .seconds(1))
    timer.activate()
  }

  /// From here on nothing is interrupted: an interrupt under way is waited for, or it would end
  /// the next statement.
  func end() {
    timer.cancel()
    queue.sync {}
  }
}
