// SPDX-License-Identifier: Apache-2.0
import Foundation
import Records

/// The JSON Schema of a stream, made from its declaration; only title, summary and the sentences
/// about the fields are written by hand.
struct SchemaDocument {
  let stream: Records.Stream
  var title = ""
  /// What the description begins with.
  var summary = ""
  /// By field.
  var descriptions: [String: String] = [:]

  /// Objects that the schema knows beside the columns.
  var groups: [String] {
    stream.table == "audit_logs" ? ["actor", "target", "context", "outcome", "event"] : []
  }
  /// As a file has it.
  func node() throws -> JSONNode {
    try JSONNode(JSONSerialization.data(withJSONObject: schema))
  }

  private var schema: [String: Any] {
    var schema: [String: Any] = [
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "$id": "urn:daybook:\(stream.topic)", "title": title,
      "description": description, "type": "object", "properties": properties,
      "required": stream.columns.filter(\.isAlwaysThere).map(\.name),
    ]
    let conditions = conditions
    if !conditions.isEmpty { schema["allOf"] = conditions }
    let definitions = stream.columns.filter { groups.contains($0.name) }
    if !definitions.isEmpty {
      schema["$defs"] = Dictionary(
        uniqueKeysWithValues: definitions.map { ($0.name, values(of: $0)) })
    }
    return schema
  }

  static let afterSummary = " Unknown fields are ignored and counted. "

  private var description: String {
    let refused = differences.map(\.sentence).joined(separator: "; ")
    let accepted = rewritings.map(\.sentence) + [Self.ofEnvelopes]
    return summary + Self.afterSummary
      + "Beyond this schema: \(refused). "
      + "Accepted, although the schema refuses it: \(accepted.joined(separator: "; "))."
  }

  private var properties: [String: Any] {
    var properties: [String: Any] = [:]
    for column in stream.columns where !column.keys.isEmpty {
      properties[column.name] = property(of: column)
    }
    for group in groups where properties[group] == nil {
      let members = members(of: group)
      guard let column = stream.columns.first(where: { $0.keys.contains(group) }) else {
        properties[group] = ["properties": members]
        continue
      }
      // What is no object is the text of a column.
      properties[group] = SchemaKeywords.expected(for: column).merging(
        ["type": ["object", "string", "null"], "properties": members]
      ) { $1 }
    }
    return properties
  }

  private func property(of column: Records.Column) -> [String: Any] {
    var keywords = SchemaKeywords.expected(for: column)
    if groups.contains(column.name) {
      // An object that says nothing is refused, because there is a default.
      let members = members(of: column.name)
      keywords["enum"] = nil
      keywords["anyOf"] = [
        reference(to: column),
        [
          "type": "object", "properties": members,
          "anyOf": members.keys.sorted().map { one(of: $0, isThere) },
        ],
      ]
    }
    keywords["description"] = descriptions[column.name] ?? ""
    return keywords
  }

  private func members(of group: String) -> [String: Any] {
    var members: [String: Any] = [:]
    for column in stream.columns {
      for key in column.keys where key.hasPrefix(group + ".") {
        members[String(key.dropFirst(group.count + 1))] = reference(to: column)
      }
    }
    return members
  }

  private func reference(to column: Records.Column) -> [String: Any] {
    ["$ref": "#/\(groups.contains(column.name) ? "$defs" : "properties")/\(column.name)"]
  }

  private func values(of column: Records.Column) -> [String: Any] {
    var keywords = SchemaKeywords.expected(for: column)
    keywords["default"] = nil
    return keywords
  }
}

extension Records.Column {
  fileprivate var isAlwaysThere: Bool {
    if case .always = requirement { true } else { false }
  }
}
