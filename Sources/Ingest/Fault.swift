import Synchronization

// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Named points of the write path where a test makes the process die or freeze.
///
/// `DAYBOOK_FAULT=commit.sent:kill:3` kills the process (SIGKILL) the third time that it gets to
/// `commit.sent`; `stop` freezes it (SIGSTOP). Without the variable a point costs one comparison.
enum Fault: String, CaseIterable {
  case assignClaimed = "assign.claimed"
  case batchFilled = "batch.filled"
  case transactionBegun = "tx.begun"
  case copyMid = "copy.mid"
  case copyDone = "copy.done"
  case commitSent = "commit.sent"
  case commitAcknowledged = "commit.acknowledged"
  case revokeReceived = "revoke.received"

  private final class Plan: Sendable {
    let point: Fault
    let signal: Int32
    let remaining: Atomic<Int>

    init(point: Fault, signal: Int32, count: Int) {
      self.point = point
      self.signal = signal
      remaining = Atomic(count)
    }
  }

  private static let plan: Plan? = getenv("DAYBOOK_FAULT").flatMap { parse(String(cString: $0)) }

  private static func parse(_ text: String) -> Plan? {
    let parts = text.split(separator: ":")
    guard (2...3).contains(parts.count), let point = Fault(rawValue: String(parts[0])) else {
      return nil
    }
    let count = parts.count == 3 ? Int(parts[2]) ?? 1 : 1
    switch parts[1] {
    case "kill": return Plan(point: point, signal: SIGKILL, count: count)
    case "stop": return Plan(point: point, signal: SIGSTOP, count: count)
    default: return nil
    }
  }

  func reached() {
    guard let plan = Self.plan, plan.point == self else { return }
    if plan.remaining.subtract(1, ordering: .relaxed).newValue == 0 { kill(getpid(), plan.signal) }
  }
}
