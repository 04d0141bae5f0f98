// SPDX-License-Identifier: Apache-2.0
import Records

/// Where schema and decoder differ, and what the description says of it.
extension SchemaDocument {
  /// What a JSON Schema cannot say, or says otherwise, and the reason of such records; of one
  /// field, or of any.
  struct Difference {
    let reasons: [Reason]
    let field: String?
    /// In the record.
    let text: String?
    let sentence: String

    init(_ reasons: [Reason], field: String? = nil, text: String? = nil, _ sentence: String) {
      self.reasons = reasons
      self.field = field
      self.text = text
      self.sentence = sentence
    }
  }

  /// What the schema does not know, rewritten as it knows it.
  struct Rewriting {
    let sentence: String
    let rewrite: (String) -> String
  }

  static let ofEnvelopes = "what the envelope says and the record leaves out"

  private static let everywhere = [
    Difference([.tooOld, .tooNew], "times before 2020 or more than 5 minutes ahead are refused"),
    Difference([.badTime], text: ":60Z", "leap seconds are refused"),
    Difference(
      [.metadataTooLarge, .tooDeep], "objects and arrays have bounds of bytes and depth"),
    Difference(
      [.ambiguousField], "a field in two spellings, or an outcome said twice, has one value"),
  ]
  private static let ofInvocations = [
    Difference([.usageInconsistent], "parts of a token count are not above the whole"),
    Difference(
      [.outOfRange], field: "time_to_first_token_ms",
      "time_to_first_token_ms is not above duration_ms"),
    Difference(
      [.costPrecision, .outOfRange], field: "cost",
      "a cost has at most 12 digits on either side of the point, also with an exponent, and as a JSON number at most 15 significant ones"
    ),
    Difference(
      [.notBillable], text: "INVOKE_AGENT", "operations are compared in any case of letters"),
  ]

  var differences: [Difference] {
    Self.everywhere + (stream.pricing == nil ? [] : Self.ofInvocations)
  }

  var rewritings: [Rewriting] {
    [
      Rewriting(sentence: "a blank for the T of a time") {
        $0.replacing("\"2026-08-21 ", with: "\"2026-08-21T")
      },
      Rewriting(sentence: "a vocabulary in other case of letters") { record in
        vocabulary.reduce(record) {
          $0.replacing("\"\($1.uppercased())\"", with: "\"\($1)\"")
        }
      },
      Rewriting(sentence: "fields in spellings that it does not know, which obey the same rules") {
        spellings.reduce($0) { $0.replacing("\"\($1.key)\":", with: "\"\($1.name)\":") }
      },
    ]
  }

  private var vocabulary: [String] {
    stream.columns.flatMap { column -> [String] in
      if case .choice(let choices, nil) = column.kind { choices.map(\.spelling) } else { [] }
    }
  }

  /// Names with dots.
  private var spellings: [(key: String, name: String)] {
    stream.columns.flatMap { column in
      column.keys.filter { $0.contains(".") }.map { (key: $0, name: column.name) }
    }
  }

  /// The sentence that explains why only one of the two accepts the record.
  func explanation(
    of record: String, _ rejection: Rejection?, with validator: SchemaValidator
  ) -> String? {
    var rewritten = record
    for rewriting in rewritings {
      let before = rewritten
      rewritten = rewriting.rewrite(before)
      guard rewritten != before, let node = try? JSONNode(rewritten.utf8) else { continue }
      if validator.accepts(node) == (rejection == nil) { return rewriting.sentence }
    }
    guard let rejection else { return nil }
    let field = rejection.field(in: stream)
    return differences.first {
      $0.reasons.contains(rejection.reason) && ($0.field == nil || $0.field == field)
        && ($0.text.map(record.contains) ?? true)
    }?.sentence
  }
}
