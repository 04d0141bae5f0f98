// SPDX-License-Identifier: Apache-2.0
import Foundation
import Records

/// What fields say about each other.
extension SchemaDocument {
  var conditions: [[String: Any]] {
    var conditions: [[String: Any]] = []
    for column in stream.columns {
      switch column.requirement {
      case .optional, .always: continue
      case .with(let other):
        conditions.append(["if": one(of: other, isThere), "then": one(of: column.name, isThere)])
      case .unless(let other, let texts):
        conditions.append([
          "anyOf": all(of: column.name, isThere)
            + all(of: other, ["enum": spellings(of: other, storedAs: texts)]) + failures(of: other)
        ])
      }
    }
    for case .zero(let columns, let condition, let texts) in stream.rules {
      let then = columns.map { name -> [String: Any] in ["properties": [name: zero]] }
      conditions.append(["if": one(of: condition, ["enum": texts]), "then": ["allOf": then]])
    }
    return conditions + readings
  }

  private func spellings(of name: String, storedAs texts: [String]) -> [String] {
    guard case .choice(let choices, _) = stream.columns.first(where: { $0.name == name })?.kind
    else { return texts }
    return choices.filter { choice in texts.contains { choice.stored == .text($0) } }
      .map(\.spelling)
  }

  /// Fields that say so where the column is silent.
  private func failures(of name: String) -> [[String: Any]] {
    let empty: [Any] = [NSNull(), false, 0, "", [Any](), [String: Any]()]
    return stream.signals.filter { $0.column == name && $0.reading == .failure }.flatMap(\.keys)
      .map { key in
        [
          "properties": [key: ["not": ["enum": empty]], name: ["type": "null"]],
          "required": [key],
        ]
      }
  }

  /// A field that says what a silent column says must be one that can be read.
  private var readings: [[String: Any]] {
    // Others refuse nothing.
    let strict = stream.signals.filter { $0.mustAgree && $0.reading != .failure }
    return Set(strict.map(\.column)).sorted().map { name in
      var fields: [String: Any] = [:]
      for signal in strict where signal.column == name {
        for key in signal.keys { fields[key] = ["anyOf": values(of: signal)] }
      }
      return ["anyOf": all(of: name, ["type": "string"]) + [["properties": fields]]]
    }
  }

  private func values(of signal: Signal) -> [[String: Any]] {
    guard signal.reading != .ocsfStatus else {
      return [
        ["type": "integer", "minimum": 0, "maximum": 999],
        ["type": "string", "pattern": "^[0-9]{1,3}$"], ["type": "null"],
      ]
    }
    var values: [[String: Any]] = [
      ["type": ["boolean", "null"]], ["type": "integer", "minimum": 100, "maximum": 599],
      ["type": "string", "pattern": "^[1-5][0-9]{2}$"], ["$ref": "#/$defs/\(signal.column)"],
    ]
    if signal.reading == .flag {
      let flags: [Any] = [0, 1, "0", "1", "true", "false"]
      values.append(["enum": flags])
    }
    return values
  }

  var isThere: [String: Any] { ["not": ["type": "null"]] }

  private var zero: [String: Any] {
    [
      "type": ["number", "string", "null"], "maximum": 0,
      "pattern": "^\(SchemaKeywords.zero)$",
    ]
  }

  func one(of name: String, _ keywords: [String: Any]) -> [String: Any] {
    ["properties": [name: keywords], "required": [name]]
  }

  /// In each spelling that the schema knows.
  private func all(of name: String, _ keywords: [String: Any]) -> [[String: Any]] {
    let keys = stream.columns.first { $0.name == name }?.keys ?? []
    let nested = groups.flatMap { group in
      keys.filter { $0.hasPrefix(group + ".") }.map { key -> [String: Any] in
        let inner = one(of: String(key.dropFirst(group.count + 1)), keywords)
        return one(of: group, inner.merging(["type": "object"]) { $1 })
      }
    }
    let flat = groups.filter { $0 != name && keys.contains($0) }
    return [one(of: name, keywords)] + nested + flat.map { one(of: $0, ["type": "string"]) }
  }
}
