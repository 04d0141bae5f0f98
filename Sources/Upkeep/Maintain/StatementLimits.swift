// SPDX-License-Identifier: Apache-2.0

/// How long one statement may wait for locks, run, and be tried again.
struct StatementLimits: Equatable {
  /// Nil: the statement waits for locks as long as it may run.
  var lock: Duration?
  var run: Duration
  /// How long a statement that met a lock, a deadlock or a serialization failure is tried again.
  var retries: Duration

  /// For what others may have to queue behind: the wait for a lock holds them up no longer than
  /// this.
  static let short = StatementLimits(
    lock: .milliseconds(250), run: .seconds(60), retries: .seconds(120))
  /// For what holds everybody up once it has its lock.
  static let blocking = StatementLimits(
    lock: .milliseconds(250), run: .seconds(2), retries: .seconds(120))
  /// For reading and counting whole partitions.
  static let long = StatementLimits(
    lock: .milliseconds(250), run: .seconds(3 * 3600), retries: .seconds(120))

  /// For what waits without holding anybody up: DETACH and CREATE INDEX CONCURRENTLY, VACUUM.
  static func concurrent(_ run: Duration) -> StatementLimits {
    StatementLimits(lock: nil, run: run, retries: .zero)
  }
}
