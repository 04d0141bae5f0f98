// SPDX-License-Identifier: Apache-2.0

/// One column of a stream: what it is called, where it is found in a record, what it may hold.
package struct Column: Sendable {
  package let name: String
  /// The spellings in JSON, the canonical one first; empty when Daybook sets the column itself.
  ///
  /// A dot is taken both ways: `actor.id` is found as a key with a dot and as a key of an object.
  /// `[0]` is the first element of an array, and is looked at only when no other spelling of its
  /// siblings is there.
  package let keys: [String]
  package let kind: ColumnKind
  package let requirement: Requirement
  /// Stored when the record does not say.
  package let fallback: Literal?
  /// Where the envelope of the record says it, for a record whose body does not.
  package let source: Source?
  /// Those of the keys that say nothing when another one is there: older names, which producers
  /// send beside the new one while they move.
  package let yieldingKeys: [String]
  /// What some of the keys say about another column, unless the record says it itself.
  package let implication: Implication?
  /// The release that added it; nil for a column of the first one. Those that were added stand
  /// behind all others, and the fingerprint of a record that does not have them is what it was
  /// before.
  package let added: String?
  /// A record of others is stored without it when its value cannot be: nobody can make their
  /// programs write another one, and what happened is known without it.
  package let isDetail: Bool

  package init(
    _ name: String, _ kind: ColumnKind, _ requirement: Requirement = .optional,
    also spellings: [String] = [], yielding: [String] = [], implying: Implication? = nil,
    default fallback: Literal? = nil, from source: Source? = nil, added: String? = nil,
    isDetail: Bool = false
  ) {
    self.name = name
    self.kind = kind
    self.requirement = requirement
    self.fallback = fallback
    self.source = source
    self.added = added
    self.isDetail = isDetail
    yieldingKeys = yielding
    implication = implying
    if case .set = kind {
      keys = []
    } else {
      keys = [name] + spellings + yielding + (implying?.keys ?? [])
    }
  }

  /// Spellings that say more than their value: a cost that is in US dollars by its name. They are
  /// those of tools that calculate, and write 0 where they know no price: 0 is as good as absent.
  package struct Implication: Sendable {
    package let keys: [String]
    package let column: String
    package let text: String

    package init(_ keys: [String], _ column: String, _ text: String) {
      self.keys = keys
      self.column = column
      self.text = text
    }
  }

  /// Where an envelope says what the body may leave out.
  package enum Source: BitwiseCopyable, Sendable {
    /// The record's key.
    case recordKey
    /// The `id` of a CloudEvent.
    case eventID
    /// The `time` of a CloudEvent.
    case eventTime
    /// The `source` of a CloudEvent.
    case eventSource
    /// The second and third field of `traceparent`.
    case traceID, spanID
  }

  package enum Literal: Equatable, Sendable {
    case text(String)
    case integer(Int)
  }

  /// When a record without the field is refused.
  package enum Requirement: Sendable {
    case optional
    case always
    /// Unless another column, declared anywhere, holds one of these texts.
    case unless(String, in: [String])
    /// When another column is there.
    case with(String)
  }

  /// Whether a record is refused that says nothing of it, always or sometimes.
  var isRequired: Bool {
    if case .optional = requirement { false } else { true }
  }

  /// Whether the table says NOT NULL.
  package var isNeverNull: Bool {
    if case .always = requirement { return true }
    if case .set(.given) = kind { return true }
    return fallback != nil
  }

  package var sqlType: String {
    switch kind {
    case .uuid: "uuid"
    case .timestamp: "timestamptz"
    case .text, .set: "text"
    case .choice(let choices, _):
      if case .integer = choices.first?.stored { "smallint" } else { "text" }
    case .integer(let width, _): width.rawValue
    case .boolean: "boolean"
    case .amount: "numeric(24,12)"
    case .currency: "character(3)"
    case .json: "jsonb"
    case .textArray: "text[]"
    case .inet: "inet"
    }
  }
}
