// SPDX-License-Identifier: Apache-2.0
import Glibc
import Synchronization

/// Named points of a program where a test makes the process die or freeze.
///
/// `DAYBOOK_FAULT=commit.sent:kill:3` kills the process (SIGKILL) the third time that it gets to
/// `commit.sent`; `stop` freezes it (SIGSTOP). Without the variable a point costs one comparison.
package protocol FaultPoint: RawRepresentable<String>, CaseIterable {}

extension FaultPoint {
  package func reached() {
    guard let plan = FaultPlan.ofProcess, plan.point == rawValue else { return }
    if plan.remaining.subtract(1, ordering: .relaxed).newValue == 0 { kill(getpid(), plan.signal) }
  }
}

/// What the environment asks for.
private final class FaultPlan: Sendable {
  let point: String
  let signal: Int32
  let remaining: Atomic<Int>

  static let ofProcess = unsafe getenv("DAYBOOK_FAULT").flatMap {
    unsafe FaultPlan(String(cString: $0))
  }

  private init?(_ text: String) {
    let parts = text.split(separator: ":")
    guard (2...3).contains(parts.count) else { return nil }
    switch parts[1] {
    case "kill": signal = SIGKILL
    case "stop": signal = SIGSTOP
    default: return nil
    }
    point = String(parts[0])
    remaining = Atomic(parts.count == 3 ? Int(parts[2]) ?? 1 : 1)
  }
}
