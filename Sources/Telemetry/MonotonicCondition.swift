// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A lock with a condition whose waits end in time whatever happens to the wall clock.
///
/// `NSCondition.wait(until:)` takes a `Date`: a clock that is set back prolongs it.
@safe package final class MonotonicCondition: Sendable {
  // Sendable: POSIX says so of a mutex and a condition that stay where they are.
  private nonisolated(unsafe) let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(
    capacity: 1)
  private nonisolated(unsafe) let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(
    capacity: 1)

  package init() {
    unsafe pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    unsafe pthread_condattr_init(&attributes)
    unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    unsafe pthread_cond_init(condition, &attributes)
    unsafe pthread_condattr_destroy(&attributes)
  }

  deinit {
    unsafe pthread_cond_destroy(condition)
    unsafe pthread_mutex_destroy(mutex)
    unsafe condition.deallocate()
    unsafe mutex.deallocate()
  }

  package func withLock<Result, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    return try body()
  }

  /// Wakes all who wait; under the lock.
  package func broadcast() { unsafe pthread_cond_broadcast(condition) }

  /// Waits for a broadcast; under the lock, which is free meanwhile.
  package func wait() { unsafe pthread_cond_wait(condition, mutex) }

  /// The same, but not beyond the time: false then.
  package func wait(until deadline: ContinuousClock.Instant) -> Bool {
    let remaining = max(.zero, deadline - .now).components
    var time = timespec(
      tv_sec: Int(clamping: min(remaining.seconds, Self.secondsMax)),
      tv_nsec: Int(remaining.attoseconds / 1_000_000_000))
    var now = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &now)
    time.tv_sec += now.tv_sec + (time.tv_nsec + now.tv_nsec) / 1_000_000_000
    time.tv_nsec = (time.tv_nsec + now.tv_nsec) % 1_000_000_000
    let isWoken = unsafe pthread_cond_timedwait(condition, mutex, &time) == 0
    return isWoken || ContinuousClock.now < deadline
  }

  /// Of one wait, so that no sum overflows: who waits for more is woken for nothing.
  private static let secondsMax: Int64 = 86_400
}
