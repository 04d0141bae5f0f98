// SPDX-License-Identifier: Apache-2.0
import Books

/// What computing costs again found, as people and programs read it.
enum PriceCheckReport {
  static func sentence(_ check: PriceCheck, _ extent: PriceCheckExtent) -> String {
    let what = extent == .all ? "every computed cost" : "a sample of the computed costs"
    return "\(what) computed again: \(check.checked) calls and lines, \(check.differences) differ"
  }

  static func problems(_ check: PriceCheck) -> [String] {
    let more = check.differences - Int64(check.problems.count)
    return check.problems
      + (more > 0 ? ["… and \(more) more costs that the catalogue does not make"] : [])
  }

  static func json(_ check: PriceCheck, _ extent: PriceCheckExtent) -> JSONValue {
    .object([
      "extent": .string(extent.rawValue), "checked": .integer(check.checked),
      "differences": .integer(check.differences),
    ])
  }
}
