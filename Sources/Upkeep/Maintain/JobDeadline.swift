// SPDX-License-Identifier: Apache-2.0

/// The instant at which a job gives up.
struct JobDeadline {
  private let instant: ContinuousClock.Instant

  init(after allowance: Duration) {
    instant = .now.advanced(by: allowance)
  }

  var hasPassed: Bool { remaining == .zero }

  var remaining: Duration { max(.zero, ContinuousClock.now.duration(to: instant)) }
}
