// SPDX-License-Identifier: Apache-2.0
import Foundation
import Records

/// The JSON Schema keywords that follow from a declaration, as `JSONSerialization` would read them.
enum SchemaKeywords {
  static func expected(for column: Column) -> [String: Any] {
    var keywords = kind(column.kind)
    if case .always = column.requirement {
      // Null is as good as absent, and this one must be there.
    } else if let type = keywords["type"] {
      keywords["type"] = (type as? [String] ?? [type as? String ?? ""]) + ["null"]
    } else if let values = keywords["enum"] as? [Any] {
      keywords["enum"] = values + [NSNull()]
    }
    switch column.fallback {
    case .text(let text): keywords["default"] = text
    case .integer(let number): keywords["default"] = number
    case nil: break
    }
    return keywords
  }

  private static func kind(_ kind: ColumnKind) -> [String: Any] {
    switch kind {
    case .uuid: ["type": "string", "format": "uuid"]
    case .timestamp: ["type": "string", "format": "date-time"]
    case .text(let rule): text(rule)
    case .choice(_, let otherwise?): text(otherwise)
    case .choice(let choices, nil): ["enum": values(choices)]
    case .integer(.bigint, let range):
      ["type": "integer", "minimum": range.lowerBound, "maximum": range.upperBound]
    // Rounded before it is compared.
    case .integer(.integer, let range):
      [
        "type": "number", "exclusiveMinimum": Double(range.lowerBound) - 0.5,
        "exclusiveMaximum": Double(range.upperBound) + 0.5,
      ]
    case .boolean: ["type": "boolean"]
    case .amount:
      [
        "type": ["string", "number"], "minimum": 0, "exclusiveMaximum": 1_000_000_000_000,
        "pattern": "^(\(zero)|(0|[1-9][0-9]{0,11})(\\.[0-9]{1,12}0*)?|\(withExponent))$",
      ]
    // ISO 4217's code for no currency.
    case .currency: ["type": "string", "pattern": "^(?![Xx]{3}$)[A-Za-z]{3}$"]
    case .json(let rule): json(rule)
    case .textArray(let countMax, let rule):
      ["type": "array", "maxItems": countMax, "items": text(rule)]
    case .inet:
      ["type": "string", "anyOf": [["maxLength": 0], ["format": "ipv4"], ["format": "ipv6"]]]
    case .set: [:]
    }
  }

  /// How the text of an amount says zero.
  static let zero = #"-?0(\.0+)?([eE][+-]?[0-9]+)?"#
  private static let withExponent = #"(0|[1-9][0-9]*)(\.[0-9]+)?[eE][+-]?[0-9]+"#

  private static func text(_ rule: TextRule) -> [String: Any] {
    var keywords: [String: Any] = ["type": "string"]
    // What is no id is left out.
    if rule.alphabet == .hexadecimal { return keywords }
    if rule.charactersMin > 0 { keywords["minLength"] = rule.charactersMin }
    if !rule.isTruncated { keywords["maxLength"] = rule.charactersMax }
    if let pattern = rule.alphabet.pattern { keywords["pattern"] = pattern }
    return keywords
  }

  /// A vocabulary that is stored as a number may be sent as one.
  private static func values(_ choices: [Choice]) -> [Any] {
    choices.flatMap { choice -> [Any] in
      if case .integer = choice.stored, let number = Int(choice.spelling) {
        [choice.spelling, number]
      } else {
        [choice.spelling]
      }
    }
  }

  private static func json(_ rule: JSONRule) -> [String: Any] {
    switch rule.shape {
    case .object: ["type": "object"]
    case .objectOfObjects: ["type": "object", "additionalProperties": ["type": "object"]]
    case .objectOfTexts(let countMax, let keyMax, let textMax):
      [
        "type": "object", "maxProperties": countMax, "propertyNames": ["maxLength": keyMax],
        "additionalProperties": ["type": "string", "maxLength": textMax],
      ]
    case .arrayOfObjects(let countMax):
      ["type": "array", "maxItems": countMax, "items": ["type": "object"]]
    }
  }
}
