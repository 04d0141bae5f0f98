// SPDX-License-Identifier: Apache-2.0
import Foundation
import Records
import Testing

/// The published JSON Schemas say what the declarations say.
@Suite struct SchemaTests {
  private func file(of stream: Records.Stream) throws -> JSONNode {
    let file = Fixture.schemas.appending(path: "\(stream.topic).schema.json")
    return try JSONNode(Data(contentsOf: file))
  }

  /// Everything in the file but the sentences about the fields follows from the declaration.
  @Test(arguments: Records.Stream.all)
  func theFileIsMadeFromTheDeclaration(stream: Records.Stream) throws {
    let file = try file(of: stream)
    var document = SchemaDocument(stream: stream)
    document.title = try #require(file["title"]?.text)
    document.summary = try #require(
      file["description"]?.text?.components(separatedBy: SchemaDocument.afterSummary).first)
    #expect(!document.title.isEmpty && document.summary.count > 20)
    for column in stream.columns where !column.keys.isEmpty {
      let description = file["properties"]?[column.name]?["description"]?.text
      #expect(description?.isEmpty == false, "\(column.name) has no description")
      document.descriptions[column.name] = description
    }
    let made = try document.node()
    guard case .object(let members) = made, case .object(let properties) = made["properties"]
    else {
      Issue.record("no object")
      return
    }
    for (name, keywords) in properties {
      #expect(file["properties"]?[name] == keywords, "\(name)")
    }
    for (name, value) in members { #expect(file[name] == value, "\(name): \(value)") }
    #expect(file == made)
  }

  /// Records on either side of every bound, alone and together: schema and decoder say the same,
  /// but for the differences that the description names.
  @Test(arguments: Records.Stream.all)
  func schemaAndDecoderAgree(stream: Records.Stream) throws {
    let file = try file(of: stream)
    let description = try #require(file["description"]?.text)
    let validator = SchemaValidator(root: file)
    let decoder = RecordDecoder(stream: stream)
    let document = SchemaDocument(stream: stream)
    let seed = UInt64.random(in: .min ... .max)
    var verdicts: [Bool: Int] = [:]
    var explanations: Set<String> = []
    for record in SchemaCorpus(stream).records(seed: seed) {
      guard let node = try? JSONNode(record.utf8) else { continue }
      let isValid = validator.accepts(node)
      let rejection = Sample(record).rejection(with: decoder)
      verdicts[isValid, default: 0] += 1
      if isValid == (rejection == nil) { continue }
      guard let sentence = document.explanation(of: record, rejection, with: validator) else {
        Issue.record(
          "schema: \(isValid), decoder: \(rejection?.reason.code ?? "accepted") for \(record.prefix(400)), seed \(seed)"
        )
        continue
      }
      explanations.insert(sentence)
    }
    #expect(verdicts[true] ?? 0 > 300 && verdicts[false] ?? 0 > 300, "\(verdicts)")
    for sentence in explanations { #expect(description.contains(sentence)) }
    // Every sentence is about something that happens.
    let sentences = document.differences.map(\.sentence) + document.rewritings.map(\.sentence)
    #expect(Set(sentences).subtracting(explanations).isEmpty)
  }

  /// The last of the differences, for which a record alone is not enough.
  @Test(arguments: Records.Stream.all)
  func theEnvelopeSaysWhatTheSchemaMisses(stream: Records.Stream) throws {
    let file = try file(of: stream)
    #expect(file["description"]?.text?.contains(SchemaDocument.ofEnvelopes) == true)
    let decoder = RecordDecoder(stream: stream)
    var fields = BoundTests.base(of: stream)
    for name in stream.identityColumns { fields[name] = nil }
    let record = "{" + fields.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}"
    #expect(try !SchemaValidator(root: file).accepts(JSONNode(record.utf8)))
    #expect(Sample(record).rejection(with: decoder)?.reason == .missingField)
    let source = String(repeating: "s", count: 129)
    let sample = Sample(
      record, key: "acme", .tenant,
      headers: [
        ("ce_specversion", "1.0"), ("ce_id", "7"), ("ce_source", source),
        ("ce_time", "2026-08-21T09:15:02Z"), ("ce_type", "x"),
      ])
    #expect(sample.rejection(with: decoder) == nil)
  }

  @Test func columnsAreStoredInOrderWithTheirTypes() {
    let columns = Records.Stream.invocations.storedColumns.map {
      "\($0.name) \($0.sqlType)\($0.isRequired ? " not null" : "")"
    }
    #expect(columns.first == "invocation_id uuid not null")
    #expect(columns.contains("cost numeric(24,12)"))
    #expect(columns.contains("status text not null"))
    #expect(columns.last == "source_item integer")
    for stream in Records.Stream.all {
      #expect(Set(stream.storedColumns.map(\.name)).count == stream.storedColumns.count)
      #expect(stream.identityColumns.count == 3)
      #expect(Records.Stream.named(stream.table)?.topic == stream.topic)
    }
  }
}
