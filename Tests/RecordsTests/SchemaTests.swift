// SPDX-License-Identifier: Apache-2.0
import Foundation
import Records
import Testing

/// The published JSON Schemas say what the declarations say.
@Suite struct SchemaTests {
  private func schema(of stream: Records.Stream) throws -> [String: Any] {
    let file = Fixture.schemas.appending(path: "\(stream.topic).schema.json")
    let parsed = try JSONSerialization.jsonObject(with: Data(contentsOf: file))
    return try #require(parsed as? [String: Any])
  }

  @Test(arguments: Records.Stream.all)
  func everyColumnHasItsPropertyWithAllBounds(stream: Records.Stream) throws {
    let properties = try #require(schema(of: stream)["properties"] as? [String: [String: Any]])
    for column in stream.columns {
      guard let name = column.keys.first else {
        #expect(properties[column.name] == nil, "\(column.name) is set by us")
        continue
      }
      var keywords = try #require(properties[name], "\(name) is not in the schema")
      let description = keywords.removeValue(forKey: "description") as? String
      #expect(description?.isEmpty == false, "\(name) has no description")
      let expected = SchemaKeywords.expected(for: column)
      #expect(
        NSDictionary(dictionary: keywords) == NSDictionary(dictionary: expected),
        "\(name): \(keywords) instead of \(expected)")
    }
  }

  @Test(arguments: Records.Stream.all)
  func propertiesAreColumnsOrNestedSpellings(stream: Records.Stream) throws {
    let properties = try #require(schema(of: stream)["properties"] as? [String: [String: Any]])
    for (name, keywords) in properties where stream.index(of: name) == nil {
      let nested = try #require(keywords["properties"] as? [String: [String: String]], "\(name)")
      for (key, reference) in nested {
        let column = stream.columns.first { $0.keys.contains("\(name).\(key)") }
        #expect(reference == ["$ref": "#/properties/\(column?.name ?? "")"], "\(name).\(key)")
      }
    }
  }

  @Test(arguments: Records.Stream.all)
  func requiredFieldsAreTheSame(stream: Records.Stream) throws {
    let required = try #require(schema(of: stream)["required"] as? [String])
    let declared = stream.columns.filter { column in
      if case .always = column.requirement { true } else { false }
    }
    #expect(required == declared.map(\.name))
  }

  @Test func columnsAreStoredInOrderWithTheirTypes() {
    let columns = Records.Stream.invocations.storedColumns.map {
      "\($0.name) \($0.sqlType)\($0.isRequired ? " not null" : "")"
    }
    #expect(columns.count == 41)
    #expect(columns.first == "invocation_id uuid not null")
    #expect(columns.contains("cost numeric(24,12)"))
    #expect(columns.contains("status text not null"))
    #expect(columns.last == "source_offset bigint not null")
    #expect(Records.Stream.auditLogs.storedColumns.count == 30)
    for stream in Records.Stream.all {
      #expect(Set(stream.storedColumns.map(\.name)).count == stream.storedColumns.count)
      #expect(stream.identityColumns.count == 3)
      #expect(Records.Stream.named(stream.table)?.topic == stream.topic)
    }
  }
}
