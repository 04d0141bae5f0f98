// SPDX-License-Identifier: Apache-2.0
import Telemetry

import struct Records.Stream

/// The batches that go round between the thread that fills and the threads that write.
///
/// No empty batch means that the writers are behind: nothing more is read then, which is all the
/// back-pressure there is. Invariant: empty + filling + ready + writing
/// = `IngestLimits.batchesPerWorker`.
final class Handoff: @unchecked Sendable {
  // Sendable: every stored property is read and written under `condition`.
  private let condition = MonotonicCondition()
  private var empty: [Batch]
  /// In the order of their offsets.
  private var ready: [Batch] = []
  private var turns = WriteTurns()
  private var isClosed = false
  private var abandonedGeneration = 0
  private var receipts: [Receipt] = []
  private var recordCountMax = Int.max
  private var nextAsksFirst = false
  private let filter: IdentityFilter
  let gate: RetryGate

  /// What became of a batch.
  enum Receipt: Sendable {
    case committed(Committed)
    /// A part of it, and others follow.
    case partCommitted(Committed)
    /// The batch was not written and never will be: another owner, or a database that went back.
    case fenced(generation: Int, why: String)
    /// The writer cannot go on; the process should end with this error.
    case failed(IngestError)
  }

  init(streams: [Stream], filter: IdentityFilter, gate: RetryGate) {
    self.filter = filter
    self.gate = gate
    empty = (0..<IngestLimits.batchesPerWorker).map { _ in Batch(streams: streams) }
  }

  // MARK: the filling thread

  /// An empty batch, or nil if there is none within the time.
  func takeEmpty(waitMilliseconds: Int) -> Batch? {
    let deadline = ContinuousClock.now + .milliseconds(waitMilliseconds)
    return condition.withLock {
      while empty.isEmpty, receipts.isEmpty, condition.wait(until: deadline) {}
      return empty.popLast()
    }
  }

  /// Whether nothing is written or waits for it.
  var isWriterFree: Bool { condition.withLock { isDrained } }

  /// Gives a filled batch to the writers.
  func submit(_ batch: Batch) {
    condition.withLock {
      ready.append(batch)
      condition.broadcast()
    }
  }

  /// Takes a batch back unwritten.
  func discard(_ batch: Batch) {
    condition.withLock {
      empty.append(batch)
      condition.broadcast()
    }
  }

  var hasReceipts: Bool { condition.withLock { !receipts.isEmpty } }

  func takeReceipts() -> [Receipt] {
    condition.withLock {
      defer { receipts.removeAll() }
      return receipts
    }
  }

  /// Waits until everything that was submitted has been settled; false if the time is over.
  func drain(until deadline: ContinuousClock.Instant) -> Bool {
    condition.withLock {
      while !isDrained, condition.wait(until: deadline) {}
      return isDrained
    }
  }

  private var isDrained: Bool { ready.isEmpty && turns.isIdle }

  /// Batches of this generation and before are not to be written or tried again.
  func abandon(generation: Int) {
    condition.withLock {
      dropReady(generation)
      condition.broadcast()
    }
  }

  /// Ends the writers once they have nothing more to do.
  func close() {
    condition.withLock {
      isClosed = true
      condition.broadcast()
    }
  }

  /// More records than this did not fit into the time of a statement.
  var recordLimit: Int { condition.withLock { recordCountMax } }

  // MARK: the writing threads

  /// Batches that are begun from now on have no more records.
  func limit(records: Int) {
    condition.withLock { recordCountMax = records }
  }

  /// The next batch to copy, when the one before it has been; nil after `close`.
  func takeReady() -> Batch? {
    condition.withLock {
      while ready.isEmpty ? !isClosed : !turns.mayBegin { condition.wait() }
      guard !ready.isEmpty else { return nil }
      let batch = ready.removeFirst()
      turns.begin(batch)
      return batch
    }
  }

  /// The rows of the batch are copied. Waits until the batch before it is settled; false: roll them
  /// back, since that one takes long or may need what they hold, or they are abandoned.
  func mayCommit(_ batch: Batch) -> Bool {
    let deadline = ContinuousClock.now + .seconds(IngestLimits.lockSecondsMax)
    return condition.withLock {
      turns.endCopy(of: batch)
      condition.broadcast()
      while !turns.isFirst(batch), !turns.isAlone, batch.generation > abandonedGeneration,
        condition.wait(until: deadline)
      {}
      return turns.isFirst(batch) && batch.generation > abandonedGeneration
    }
  }

  /// For a batch whose first attempt failed: waits until those before it are settled; no other is
  /// written beside it from then on. False: it is abandoned, and there is nothing to repair.
  func writeAlone(_ batch: Batch) -> Bool {
    condition.withLock {
      turns.endCopy(of: batch)
      condition.broadcast()
      if !turns.isFirst(batch) {
        while !turns.isFirst(batch), batch.generation > abandonedGeneration { condition.wait() }
        guard batch.generation > abandonedGeneration else { return false }
      }
      turns.isAlone = true
      condition.broadcast()
      return true
    }
  }

  /// The batch before held duplicates that the filter did not know: the next one probably does too.
  var asksFirst: Bool {
    get { condition.withLock { nextAsksFirst } }
    set { condition.withLock { nextAsksFirst = newValue } }
  }

  func isAbandoned(_ generation: Int) -> Bool {
    condition.withLock { generation <= abandonedGeneration }
  }

  /// Waits between two attempts; returns at once when the batch is abandoned.
  func pause(milliseconds: Int, generation: Int) {
    let deadline = ContinuousClock.now + .milliseconds(milliseconds)
    condition.withLock {
      while generation > abandonedGeneration, condition.wait(until: deadline) {}
    }
  }

  /// Tells of a batch that is not settled yet.
  func report(_ receipt: Receipt) {
    condition.withLock {
      receipts.append(receipt)
      condition.broadcast()
    }
  }

  /// Gives a settled batch back, with what became of it; nil for one that was abandoned.
  ///
  /// After a fenced batch the next one of the same claim cannot fit either: it is dropped here.
  /// Returns for how long something was written since this was told last.
  func finish(_ batch: Batch, _ receipt: Receipt?) -> Duration {
    if case .committed = receipt {} else { filter.forget(batch) }
    return condition.withLock {
      defer { condition.broadcast() }
      let time = turns.end(batch)
      empty.append(batch)
      if let receipt {
        receipts.append(receipt)
        if case .fenced(let generation, _) = receipt { dropReady(generation) }
      }
      return time
    }
  }

  private func dropReady(_ generation: Int) {
    abandonedGeneration = max(abandonedGeneration, generation)
    let dropped = ready.filter { $0.generation <= abandonedGeneration }
    for batch in dropped { filter.forget(batch) }
    empty += dropped
    ready.removeAll { $0.generation <= abandonedGeneration }
  }
}
