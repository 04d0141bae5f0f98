// SPDX-License-Identifier: Apache-2.0
import Glibc
import Text

/// One line on a terminal's standard error that says how far a long command has come; silent
/// elsewhere. Used by one thread.
package final class Progress {
  private let what: String
  private let unit: String
  private let isShown: Bool
  private let began = ContinuousClock.now
  private var lastShown: ContinuousClock.Instant?
  private var lastLength = 0

  private static let interval = Duration.milliseconds(200)

  init(_ what: String, unit: String, isShown: Bool = isatty(STDERR_FILENO) == 1) {
    self.what = what
    self.unit = unit
    self.isShown = isShown
  }

  /// Says what is done while it is not known how far it has come.
  func begin() {
    if isShown { show(what) }
  }

  /// `expected` may be an estimate: more than that is still shown as less than all.
  func update(_ done: Int64, of expected: Int64?) {
    let now = ContinuousClock.now
    guard isShown, lastShown.map({ now - $0 >= Self.interval }) ?? true else { return }
    lastShown = now
    show(Self.line(what, unit, done, expected, seconds: (now - began) / .seconds(1)))
  }

  /// Clears the line.
  func finish() {
    if isShown, lastLength > 0 { show("") }
  }

  package static func line(
    _ what: String, _ unit: String, _ done: Int64, _ expected: Int64?, seconds: Double
  ) -> String {
    var text = "\(what)  \(grouped(done)) \(unit)"
    let rate = seconds > 0 ? Double(done) / seconds : 0
    if let expected, expected > 0 {
      let share = min(99, whole(Double(done) / Double(expected) * 100))
      text += " (\(share) %)"
    }
    text += "  \(grouped(whole(rate))) \(unit)/s"
    if let expected, rate > 0, expected > done {
      text += "  \(whole(Double(expected - done) / rate)) s left"
    }
    return text
  }

  /// Numbers of a manifest may be anything; above 2⁵³ a Double is no exact integer anyway.
  private static func whole(_ value: Double) -> Int64 {
    Int64(min(max(value, 0), 0x1p53))
  }

  private func show(_ text: String) {
    let blanks = String(repeating: " ", count: max(0, lastLength - text.count))
    try? Output(descriptor: STDERR_FILENO).writeOwn(
      "\r" + text.harmless() + blanks + (text.isEmpty ? "\r" : ""))
    lastLength = text.count
  }

  package static func grouped(_ number: Int64) -> String {
    var digits = String(number.magnitude)
    var parts: [String] = []
    while digits.count > 3 {
      parts.append(String(digits.suffix(3)))
      digits.removeLast(3)
    }
    return (number < 0 ? "-" : "") + ([digits] + parts.reversed()).joined(separator: ",")
  }
}
