// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Records
import Testing

extension Stream: CustomTestStringConvertible {
  package var testDescription: String { table }
}

@Suite struct FixtureTests {
  @Test(arguments: Stream.all)
  func everyAcceptedExampleGivesACompleteRow(stream: Stream) throws {
    let decoder = RecordDecoder(stream: stream)
    let fixtures = try Fixture.accepted(stream)
    #expect(fixtures.count >= 10)
    for fixture in fixtures {
      let rejection = fixture.sample.rejection(with: decoder)
      #expect(rejection == nil, "line \(fixture.line): \(rejection?.message(in: stream) ?? "")")
      guard rejection == nil else { continue }
      let row = try fixture.sample.row(with: decoder)
      #expect(row.fieldCount == stream.storedColumns.count)
      for column in stream.storedColumns where column.isRequired {
        #expect(row.fields[column.name] != nil, "line \(fixture.line): \(column.name) is NULL")
      }
    }
  }

  @Test(arguments: Stream.all)
  func everyRejectedExampleGivesItsReasonAndField(stream: Stream) throws {
    let decoder = RecordDecoder(stream: stream)
    for fixture in try Fixture.rejected(stream) {
      let rejection = fixture.sample.rejection(with: decoder)
      #expect(
        rejection?.reason.code == fixture.reason, "line \(fixture.line) of \(stream.table)")
      #expect(
        rejection?.field(in: stream) == fixture.field, "line \(fixture.line) of \(stream.table)")
    }
  }

  @Test func everyReasonOfTheDecoderHasAnExample() throws {
    var seen = Set(try Stream.all.flatMap(Fixture.rejected).compactMap(\.reason))
    seen.formUnion(ProfileSamplesTests.rejectedReasons)
    seen.formUnion([.conflictingDuplicate, .databaseRefused, .unknownField].map(\Reason.code))
    // What says so is the schema, which no example has with it.
    seen.formUnion(
      [.malformedAvro, .tooManyValues, .unknownSchema, .unusableSchema, .protobufSchema]
        .map(\Reason.code))
    #expect(Set(Reason.allCases.map(\.code)).subtracting(seen) == [])
  }

  @Test func codesAreUniqueAndAdviceIsOneSentence() {
    let codes = Reason.allCases.map(\.code)
    #expect(Set(codes).count == codes.count)
    for reason in Reason.allCases {
      #expect(Reason(code: reason.code) == reason)
      #expect(reason.code.allSatisfy { $0.isLowercase || $0 == "_" || $0.isNumber })
      #expect(reason.advice.count > 20 && reason.advice.last != ".")
    }
  }
}
