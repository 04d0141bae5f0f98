// SPDX-License-Identifier: Apache-2.0
import Telemetry

/// Lets a batch that met rows of another worker be written before other workers begin more.
///
/// A record that is sent again without a key may reach another partition, and so another worker.
/// Two that have such records of each other would meet in the next attempt again, and each attempt
/// copies the whole batch. One for all workers of a process; any thread.
final class RetryGate: @unchecked Sendable {
  // Sendable: `holder` is read and written under `condition`.
  private let condition = MonotonicCondition()
  private var holder: Batch?

  /// Waits while another batch has the gate, but no longer than for a lock.
  func pass(_ batch: Batch) {
    condition.withLock { wait(for: batch) }
  }

  /// Waits likewise, and has it then, whoever had it.
  func take(_ batch: Batch) {
    condition.withLock {
      wait(for: batch)
      holder = batch
    }
  }

  /// Gives it back, if the batch has it.
  func leave(_ batch: Batch) {
    condition.withLock {
      guard holder === batch else { return }
      holder = nil
      condition.broadcast()
    }
  }

  private func wait(for batch: Batch) {
    let deadline = ContinuousClock.now + .seconds(IngestLimits.lockSecondsMax)
    while holder != nil, holder !== batch, condition.wait(until: deadline) {}
  }
}
