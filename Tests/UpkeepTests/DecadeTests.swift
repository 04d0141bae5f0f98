// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Foundation
import Testing
import Upkeep

/// What ten years of daily maintenance do, as a text to read.
@Suite struct DecadeTests {
  static let golden = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Golden/decade.txt")

  /// With DAYBOOK_UPDATE_DOCUMENTS=1 the text is written instead of compared.
  @Test func aDecadeOfDays() throws {
    let text = Self.decade()
    if ProcessInfo.processInfo.environment["DAYBOOK_UPDATE_DOCUMENTS"] == "1" {
      try text.write(to: Self.golden, atomically: true, encoding: .utf8)
    } else {
      let expected = try String(contentsOf: Self.golden, encoding: .utf8)
      #expect(text == expected, "write it again with DAYBOOK_UPDATE_DOCUMENTS=1")
    }
  }

  private static func decade() -> String {
    var catalogue = SimulatedCatalogue(SimulatedCatalogue.defaultPolicies)
    var text = "# day: + month made, - partition retired with its steps, = partition closed\n"
    var day = Month(year: 2026, month: 1).start
    while day < Month(year: 2036, month: 1).start {
      let plan = catalogue.plan(day)
      for action in plan.actions { catalogue.apply(action, day) }
      if !plan.actions.isEmpty {
        text += "\(day)".prefix(10) + line(plan) + "\n"
      }
      day.microseconds += Timestamp.microsecondsPerDay
    }
    return text
  }

  private static func line(_ plan: Plan) -> String {
    var text = ""
    var last = ""
    for action in plan.actions {
      switch action.kind {
      case .create(let month): text += " +\(action.table) \(month)"
      case .detach: text += " -\(action.partition)"
      case .advance(let state): text += " \(state.rawValue)"
      case .freeze: text += " =\(action.partition) freeze"
      case .createIndex: text += last == action.partition ? " index" : " =\(action.partition) index"
      case .finalize, .detachDefault, .keep, .dropInvalidIndex: text += " ?\(action.kind)"
      }
      last = action.partition
    }
    return plan.findings.reduce(text) { $0 + " !\($1.code.rawValue) \($1.table)" }
  }
}
