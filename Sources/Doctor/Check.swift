// SPDX-License-Identifier: Apache-2.0

/// What was seen against a check, and the command that mends it.
struct Violation: Sendable {
  let what: String
  let remedy: String
}

/// What must hold of facts of one kind, and why; the decision reads nothing but the facts.
struct Check<Facts>: Sendable {
  let name: String
  let gravity: Finding.Gravity
  let why: String
  let violations: @Sendable (Facts) -> [Violation]

  init(
    _ name: String, _ gravity: Finding.Gravity, why: String,
    _ violations: @escaping @Sendable (Facts) -> [Violation]
  ) {
    self.name = name
    self.gravity = gravity
    self.why = why
    self.violations = violations
  }
}
