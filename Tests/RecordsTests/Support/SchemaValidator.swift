// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// JSON Schema 2020-12 with format assertions, as far as our schemas use it; a keyword that it does
/// not know fails the test.
struct SchemaValidator {
  let root: JSONNode

  func accepts(_ value: JSONNode) -> Bool { accepts(value, root) }

  private func accepts(_ value: JSONNode, _ schema: JSONNode) -> Bool {
    guard case .object(let keywords) = schema else { return schema != .boolean(false) }
    return keywords.allSatisfy { keyword, argument in
      switch keyword {
      case "$schema", "$id", "$defs", "title", "description", "default", "then", "else": true
      case "if": conditional(value, keywords)
      case "$ref": accepts(value, target(of: argument))
      case "allOf": argument.items.allSatisfy { accepts(value, $0) }
      case "anyOf": argument.items.contains { accepts(value, $0) }
      case "not": !accepts(value, argument)
      case "type": types(argument).contains { isOf(value, $0) }
      case "enum": argument.items.contains { $0.isSame(as: value) }
      default: holds(keyword, argument, of: value)
      }
    }
  }

  private func conditional(_ value: JSONNode, _ keywords: [String: JSONNode]) -> Bool {
    let isMet = accepts(value, keywords["if"] ?? .boolean(true))
    return accepts(value, keywords[isMet ? "then" : "else"] ?? .boolean(true))
  }

  private func target(of reference: JSONNode) -> JSONNode {
    let path = (reference.text ?? "").split(separator: "/").dropFirst()
    return path.reduce(root) { $0[String($1)] ?? .boolean(false) }
  }

  private func types(_ argument: JSONNode) -> [String] {
    argument.text.map { [$0] } ?? argument.items.compactMap(\.text)
  }

  private func isOf(_ value: JSONNode, _ type: String) -> Bool {
    switch value {
    case .null: type == "null"
    case .boolean: type == "boolean"
    case .string: type == "string"
    case .array: type == "array"
    case .object: type == "object"
    case .number:
      type == "number" || type == "integer" && value.number.map { $0 == $0.rounded() } == true
    }
  }

  /// Each says something about one type, and nothing about the others.
  private func holds(_ keyword: String, _ argument: JSONNode, of value: JSONNode) -> Bool {
    switch value {
    case .string(let text): holds(keyword, argument, ofText: text)
    case .number:
      switch keyword {
      case "minimum": compare(value, argument) { $0 >= $1 }
      case "maximum": compare(value, argument) { $0 <= $1 }
      case "exclusiveMinimum": compare(value, argument) { $0 > $1 }
      case "exclusiveMaximum": compare(value, argument) { $0 < $1 }
      default: isKnown(keyword)
      }
    case .array(let items):
      switch keyword {
      case "items": items.allSatisfy { accepts($0, argument) }
      case "maxItems": Double(items.count) <= argument.number ?? 0
      default: isKnown(keyword)
      }
    case .object(let members): holds(keyword, argument, of: members)
    case .null, .boolean: isKnown(keyword)
    }
  }

  private func holds(
    _ keyword: String, _ argument: JSONNode, of members: [String: JSONNode]
  ) -> Bool {
    switch keyword {
    case "properties":
      members.allSatisfy { name, value in
        argument[name].map { accepts(value, $0) } ?? true
      }
    case "additionalProperties": members.values.allSatisfy { accepts($0, argument) }
    case "propertyNames": members.keys.allSatisfy { accepts(.string($0), argument) }
    case "maxProperties": Double(members.count) <= argument.number ?? 0
    case "required": argument.items.compactMap(\.text).allSatisfy { members[$0] != nil }
    default: isKnown(keyword)
    }
  }

  private func holds(_ keyword: String, _ argument: JSONNode, ofText text: String) -> Bool {
    let length = Double(text.unicodeScalars.count)
    switch keyword {
    case "minLength": return length >= argument.number ?? 0
    case "maxLength": return length <= argument.number ?? 0
    case "pattern": return Self.matches(text, argument.text ?? "")
    case "format": return SchemaFormat(rawValue: argument.text ?? "")?.accepts(text) ?? false
    default: return isKnown(keyword)
    }
  }

  static func matches(_ text: String, _ pattern: String) -> Bool {
    guard pattern.hasPrefix("^"), pattern.hasSuffix("$"),
      let regex = try? Regex(String(pattern.dropFirst().dropLast()))
    else {
      Issue.record("\(pattern) is no anchored pattern")
      return false
    }
    return text.wholeMatch(of: regex.matchingSemantics(.unicodeScalar)) != nil
  }

  private func compare(
    _ value: JSONNode, _ bound: JSONNode, _ order: (Double, Double) -> Bool
  ) -> Bool {
    guard let value = value.number, let bound = bound.number else { return false }
    return order(value, bound)
  }

  private func isKnown(_ keyword: String) -> Bool {
    #expect(Self.known.contains(keyword), "keyword \(keyword)")
    return true
  }

  private static let known: Set = [
    "minLength", "maxLength", "pattern", "format", "minimum", "maximum", "exclusiveMinimum",
    "exclusiveMaximum",
    "items",
    "maxItems", "properties", "additionalProperties", "propertyNames", "maxProperties", "required",
  ]
}

/// The formats, by their own specifications and not by our decoder.
enum SchemaFormat: String {
  case uuid
  case dateTime = "date-time"
  case ipv4, ipv6

  func accepts(_ text: String) -> Bool {
    switch self {
    case .uuid:
      let hex = "[0-9A-Fa-f]"
      return SchemaValidator.matches(text, "^\(hex){8}(-\(hex){4}){3}-\(hex){12}$")
    case .dateTime: return Self.isTime(text)
    case .ipv4:
      var address = in_addr()
      return inet_pton(AF_INET, text, &address) == 1
    case .ipv6:
      var address = in6_addr()
      return inet_pton(AF_INET6, text, &address) == 1
    }
  }

  /// RFC 3339, 5.6; a leap second is one.
  private static func isTime(_ text: String) -> Bool {
    let form =
      #"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$"#
    guard SchemaValidator.matches(text, form) else { return false }
    let numbers = text.split { !$0.isNumber }.compactMap { Int($0) }
    let days =
      [31, numbers[0] % 4 == 0 && (numbers[0] % 100 != 0 || numbers[0] % 400 == 0) ? 29 : 28]
      + [31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return (1...12).contains(numbers[1]) && (1...days[numbers[1] - 1]).contains(numbers[2])
      && numbers[3] < 24 && numbers[4] < 60 && numbers[5] <= 60
  }
}
