// SPDX-License-Identifier: Apache-2.0
import JSON

extension Column {
  /// What the field may hold, in words, for messages and documentation.
  package var expectation: String {
    switch kind {
    case .uuid: "a UUID"
    case .timestamp:
      "a time from \(TimeBounds.yearMin) on, at most \(TimeBounds.aheadSecondsMax) s ahead"
    case .text(let rule): rule.expectation
    case .choice(let choices, let otherwise):
      choices.map(\.spelling).joined(separator: ", ")
        + (otherwise.map { ", or \($0.expectation)" } ?? "")
    case .integer(_, let range): "an integer from \(range.lowerBound) to \(range.upperBound)"
    case .boolean: "true or false"
    case .amount: "a decimal string with at most 12 digits on either side of the point"
    case .currency: "three letters"
    case .json(let rule): rule.expectation
    case .textArray(let countMax, let rule): "at most \(countMax) strings, each \(rule.expectation)"
    case .inet: "an IPv4 or IPv6 address"
    case .set: "nothing: the column is set by Daybook"
    }
  }
}

extension TextRule {
  fileprivate var expectation: String {
    let length =
      charactersMin == charactersMax
      ? "\(charactersMax)" : "\(charactersMin) to \(charactersMax)"
    return switch alphabet {
    case .any: "text of \(length) characters"
    case .printable: "text of \(length) characters without control characters"
    case .lowerCase: "lower-case text of \(length) characters"
    case .identifier: "\(length) characters of A-Z a-z 0-9 . _ : @ / -"
    case .hexadecimal: "\(length) lower-case hexadecimal digits, not all 0"
    }
  }
}

extension JSONRule {
  fileprivate var expectation: String {
    let form =
      switch shape {
      case .object: "an object"
      case .objectOfObjects: "an object of objects"
      case .objectOfTexts(let countMax, let keyMax, let textMax):
        "an object of at most \(countMax) strings of \(textMax) characters, keys of \(keyMax)"
      case .arrayOfObjects(let countMax): "an array of at most \(countMax) objects"
      }
    let size = bytesMax < JSONLimits.payloadBytesMax ? ", \(bytesMax) bytes" : ""
    return "\(form)\(size), \(depthMax) levels deep"
  }
}
