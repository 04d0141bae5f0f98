// SPDX-License-Identifier: Apache-2.0
import Foundation
import Telemetry

/// One consumer and its database writers, a thread each, and a session after the other.
final class Worker: @unchecked Sendable {
  // Sendable: `outcome` is written before `done` is signalled and read after; the rest is constant.
  private let settings: IngestSettings
  private let live: LiveSettingsBoard
  private let number: Int
  private let owner: String
  private let cluster: String
  private let months: MonthGate
  private let references: ReferenceCache
  private let watch: BrokerWatch
  private let filter: IdentityFilter
  private let gate: RetryGate
  private let board: PositionBoard
  private let workerHealth: WorkerHealth
  private let stop: StopFlag
  private let done = DispatchSemaphore(value: 0)
  private var outcome: IngestError?

  private static let stackBytes = 4 << 20

  init(
    _ settings: IngestSettings, live: LiveSettingsBoard, number: Int, cluster: String,
    months: MonthGate, references: ReferenceCache, filter: IdentityFilter, gate: RetryGate,
    watch: BrokerWatch, board: PositionBoard, health: Health, stop: StopFlag
  ) {
    self.settings = settings.forWorker(number)
    self.live = live
    self.number = number
    self.cluster = cluster
    self.months = months
    self.references = references
    self.watch = watch
    self.filter = filter
    self.gate = gate
    self.board = board
    workerHealth = WorkerHealth(health, worker: number)
    self.stop = stop
    owner = "\(ProcessInfo.processInfo.hostName):\(getpid())/\(number)"
  }

  func start() {
    thread("poll") { self.run() }
  }

  /// Waits, but not for long, until the worker has its partitions.
  func waitUntilJoined() {
    let deadline = ContinuousClock.now + IngestLimits.joinTime
    while !workerHealth.hasPartitions, !hasEnded(waitMilliseconds: 0), !stop.isRequested,
      ContinuousClock.now < deadline
    {
      stop.pause(milliseconds: 10)
    }
  }

  /// Waits for the end until the time; the error that ended it, if one did.
  ///
  /// A thread that hangs in a library is left behind: the database settles what it was doing.
  func join(by deadline: ContinuousClock.Instant) -> IngestError? {
    let waitMilliseconds = max(.zero, deadline - .now) / .milliseconds(1)
    guard hasEnded(waitMilliseconds: Int(waitMilliseconds)) else {
      Log.warn("worker did not end in time, leaving it behind", ["worker": LogValue(number)])
      return nil
    }
    return outcome
  }

  /// True once the worker has ended.
  func hasEnded(waitMilliseconds: Int) -> Bool {
    guard done.wait(timeout: .now() + .milliseconds(waitMilliseconds)) == .success else {
      return false
    }
    done.signal()
    return true
  }

  private func run() {
    let filler = BatchFiller(settings, months: months, references: references, filter: filter)
    let handoff = Handoff(streams: filler.streams, filter: filter, gate: gate)
    let writersDone = DispatchGroup()
    for _ in 0..<IngestLimits.writersPerWorker {
      let writer = GivenToThread(
        Writer(
          handoff: handoff, months: months, references: references, settings: settings,
          owner: owner, cluster: cluster, workerHealth: workerHealth))
      writersDone.enter()
      thread("write") {
        writer.value.run()
        writersDone.leave()
      }
    }
    do throws(IngestError) {
      try sessions(filler, handoff)
    } catch {
      outcome = error
    }
    handoff.close()
    // A write that hangs at the end is the server's to finish or to roll back.
    _ = writersDone.wait(timeout: .now() + .seconds(IngestLimits.lastWriteSecondsMax))
    done.signal()
  }

  private func sessions(_ filler: BatchFiller, _ handoff: Handoff) throws(IngestError) {
    defer { workerHealth.end() }
    defer { watch.note { [number] book in book.forget(of: number, except: []) } }
    let claimer = Claimer(
      settings, owner: owner, cluster: cluster, watch: watch, stop: stop, workerHealth: workerHealth
    )
    var generation = 1
    var backoff = Backoff()
    while !stop.isRequested {
      let startedAt = ContinuousClock.now
      let session = Session(
        settings, live: live, handoff: handoff, claimer: claimer, watch: watch, months: months,
        filler: filler, board: board, stop: stop, workerHealth: workerHealth,
        generation: generation,
        worker: number)
      let end = try session.run()
      generation = session.generation + 1
      guard case .restart(let why) = end else { return }
      workerHealth.partitions(failure: "the session ended: \(why)")
      Metrics.sessionRestarts.add()
      Log.warn("session ended, reading again from the database's offsets", ["why": LogValue(why)])
      if startedAt.duration(to: .now) > .seconds(60) { backoff.reset() }
      stop.pause(milliseconds: backoff.next())
    }
  }

  /// Every line that the thread logs says which worker it is.
  private func thread(_ name: String, _ body: @escaping @Sendable () -> Void) {
    let thread = Thread { [number] in Log.$worker.withValue(number, operation: body) }
    thread.name = "\(name)-\(number)"
    thread.stackSize = Self.stackBytes
    thread.start()
  }
}

/// Hands a value to the one thread that will use it.
private struct GivenToThread<Value>: @unchecked Sendable {
  // Sendable: the giver does not touch the value again.
  let value: Value

  init(_ value: Value) {
    self.value = value
  }
}
