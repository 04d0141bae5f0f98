// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// What the health endpoints answer from; written by the loops, read by the server.
///
/// Safe from any thread.
///
/// *Ready* = every named check is good. *Alive* = every registered loop has beaten lately; a loop
/// beats also while the database or the broker is away, because a restart would not bring them
/// back.
package final class Health: Sendable {
  /// A loop that has not beaten for so long hangs.
  package static let beatSecondsMax: Int64 = 120

  private struct Check {
    var reason: String?
    /// Unless it is set again by then, it is bad for this reason.
    var term: (end: Int64, reason: String)?

    func failure(at now: Int64) -> String? {
      guard let term, reason == nil, now > term.end else { return reason }
      return term.reason
    }
  }

  private struct State {
    var checks: [String: Check] = [:]
    var beats: [String: Int64] = [:]
    var isStopping = false
  }

  private let state = Mutex(State())
  private let nowSeconds: @Sendable () -> Int64

  /// `nowSeconds` is a clock that never jumps.
  package init(nowSeconds: @escaping @Sendable () -> Int64 = WallClock.monotonicSeconds) {
    self.nowSeconds = nowSeconds
  }

  /// Declares a check bad for a reason, or good again with nil.
  ///
  /// The reason is shown to whoever asks: names and codes, never a secret.
  package func set(_ check: String, failure: String?) {
    state.withLock { $0.checks[check] = Check(reason: failure) }
  }

  /// Declares a check good for so long: who sets it may hang before there is a failure to tell.
  package func set(_ check: String, goodFor seconds: Int64, then failure: String) {
    let end = nowSeconds() + seconds
    state.withLock { $0.checks[check] = Check(term: (end, failure)) }
  }

  /// Whether the check was set good, and is not too old.
  package func isGood(_ check: String) -> Bool {
    let now = nowSeconds()
    return state.withLock { state in
      state.checks[check].map { $0.failure(at: now) == nil } ?? false
    }
  }

  /// From here on the process is not ready: it drains.
  package func stop() { state.withLock { $0.isStopping = true } }

  /// Called by a loop at each turn; the first call registers it.
  package func beat(_ loop: String) {
    let now = nowSeconds()
    state.withLock { $0.beats[loop] = now }
  }

  /// A loop that ends on purpose is no longer waited for.
  package func end(_ loop: String) { state.withLock { $0.beats[loop] = nil } }

  package var isAlive: Bool {
    let now = nowSeconds()
    return state.withLock { $0.beats.values.allSatisfy { now - $0 <= Self.beatSecondsMax } }
  }

  /// False also before the first check has been set: an ingester that is still starting is not
  /// ready.
  package var isReady: Bool {
    let now = nowSeconds()
    return state.withLock { state in
      !state.isStopping && !state.checks.isEmpty
        && state.checks.values.allSatisfy { $0.failure(at: now) == nil }
    }
  }

  /// `[+]kafka ok` / `[-]kafka failed: no broker has answered yet`, one line a check, as
  /// Kubernetes' own endpoints write it; without `all` only what failed.
  package func report(all: Bool) -> String {
    let now = nowSeconds()
    let (checks, isStopping) = state.withLock { ($0.checks, $0.isStopping) }
    var lines = checks.sorted { $0.key < $1.key }.compactMap { name, check in
      if let failure = check.failure(at: now) {
        return "[-]\(name) failed: \(Redaction.redact(failure))"
      }
      return all ? "[+]\(name) ok" : nil
    }
    if isStopping { lines.append("[-]running failed: shutting down") }
    if checks.isEmpty { lines.append("[-]running failed: starting") }
    return lines.map { $0 + "\n" }.joined()
  }
}
