// SPDX-License-Identifier: Apache-2.0
import JSON
import Testing

@testable import Records

/// What hostile bytes and schemas end as.
@Suite struct AvroBoundsTests {
  private func read(_ schema: String, _ write: (inout AvroBytes) -> Void) -> String {
    AvroReadingTests.read(schema, write)
  }

  @Test(arguments: [1 << 40, -5, .max, .min, 2] as [Int64])
  func aLengthBeyondTheBytesIsRefused(length: Int64) {
    for type in ["\"bytes\"", "\"string\""] {
      let outcome = read(type) {
        $0.long(length)
        $0.raw([0x61])
      }
      #expect(outcome == "malformed_avro")
    }
  }

  @Test(arguments: [2, -1, 1 << 40] as [Int64]) func anIndexBeyondTheBranchesIsRefused(
    index: Int64
  ) {
    #expect(read(#"["null","long"]"#) { $0.long(index) } == "malformed_avro")
    let symbols = #"{"type":"enum","name":"E","symbols":["A","B"]}"#
    #expect(read(symbols) { $0.long(index) } == "malformed_avro")
  }

  @Test func blocksMayTellTheirBytes() {
    let outcome = read(#"{"type":"array","items":"int"}"#) {
      $0.long(-2)
      $0.long(2)
      $0.long(5)
      $0.long(6)
      $0.long(1)
      $0.long(7)
      $0.long(0)
    }
    #expect(outcome == "[5,6,7]")
  }

  /// Values without bytes: a count alone would be any number of them.
  @Test func valuesWithoutBytesAreBounded() {
    for items in [#""null""#, #"{"type":"record","name":"R","fields":[]}"#] {
      for count in [1 << 40, -1 << 40, .min, .max] as [Int64] {
        let outcome = read(#"{"type":"array","items":\#(items)}"#) {
          $0.long(count)
          if count < 0 { $0.long(0) }
        }
        #expect(outcome == "too_many_values")
      }
    }
  }

  @Test func recursionIsBounded() {
    let list = #"{"type":"record","name":"L","fields":[{"name":"n","type":["null","L"]}]}"#
    func nested(_ depth: Int) -> String {
      read(list) {
        for _ in 1..<depth { $0.long(1) }
        $0.long(0)
      }
    }
    #expect(nested(AvroLimits.depthMax).hasPrefix(#"{"n":{"n":"#))
    #expect(nested(AvroLimits.depthMax + 1) == "too_deep")
    #expect(nested(100_000) == "too_deep")
    let endless = #"{"type":"record","name":"L","fields":[{"name":"n","type":"L"}]}"#
    #expect(read(endless) { _ in } == "too_deep")
  }

  @Test func otherBytesAreNoValues() {
    #expect(read("\"boolean\"") { $0.raw([2]) } == "malformed_avro")
    #expect(read("\"int\"") { $0.long(1 << 31) } == "malformed_avro")
    #expect(
      read("\"long\"") { $0.raw([UInt8](repeating: 0xff, count: 11)) } == "malformed_avro")
    #expect(
      read("\"long\"") { $0.raw([UInt8](repeating: 0xff, count: 9) + [1]) }
        == "\(Int64.min)")
  }

  @Test func logicalTypesAreExact() {
    let decimal = #"{"type":"bytes","logicalType":"decimal","precision":38,"scale":4}"#
    let cases: [([UInt8], String)] = [
      ([], "0.0000"), ([0], "0.0000"), ([1], "0.0001"), ([0xff], "-0.0001"),
      ([0x80], "-0.0128"), ([0, 0x80], "0.0128"), ([0x27, 0x10], "1.0000"),
      (
        [0x7f] + [UInt8](repeating: 0xff, count: 15),
        "17014118346046923173168730371588410.5727"
      ),
      ([0x80] + [UInt8](repeating: 0, count: 15), "NaN"),
      ([UInt8](repeating: 0, count: 17), "NaN"),
    ]
    for (bytes, text) in cases { #expect(read(decimal) { $0.content(bytes) } == text) }
    let date = #"{"type":"int","logicalType":"date"}"#
    #expect(read(date) { $0.long(0) } == "\"1970-01-01\"")
    #expect(read(date) { $0.long(-1) } == "\"1969-12-31\"")
    #expect(read(date) { $0.long(20_686) } == "\"2026-08-21\"")
    #expect(read(date) { $0.long(Int64(Int32.max)) } == "NaN")
    // A scale that cannot be: the bytes are bytes, as the specification has it.
    let odd = #"{"type":"bytes","logicalType":"decimal","scale":-1}"#
    #expect(read(odd) { $0.content([1]) } == "\"AQ==\"")
    #expect(
      read(#"{"type":"long","logicalType":"timestamp-nanos"}"#) { $0.long(1_787_303_702) }
        == "1787303702")
  }

  @Test(
    arguments: [
      "", "{", "int", #"{"type":"record","name":"R"}"#, #"["null",["int"]]"#, "[]",
      #"{"type":"record","name":"R","fields":[{"name":"a","type":"Nowhere"}]}"#,
      #"{"type":"fixed","name":"F","size":-1}"#, #"{"type":"fixed","name":"F","size":99999999}"#,
      #"{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"a","type":"int"}]}"#,
    ])
  func schemasThatCannotBeUsedAreRefused(text: String) {
    #expect(throws: AvroSchemaFault.self) { try AvroSchema(Array(text.utf8)) }
  }

  @Test func schemasAreBounded() {
    let deep =
      String(repeating: #"{"type":"array","items":"#, count: 200) + "\"int\""
      + String(repeating: "}", count: 200)
    #expect(throws: AvroSchemaFault.self) { try AvroSchema(Array(deep.utf8)) }
    let fields = (0...AvroLimits.placesMax).map { "\"a\($0 % 7)\"" }.joined(separator: ",")
    let wide = #"{"type":"enum","name":"E","symbols":[\#(fields)]}"#
    #expect(throws: Never.self) { try AvroSchema(Array(wide.utf8)) }
    let branches = (0..<AvroLimits.placesMax).map { #"{"name":"f\#($0)","type":"int"}"# }
      .joined(separator: ",")
    let large = #"{"type":"record","name":"R","fields":[\#(branches)]}"#
    #expect(throws: AvroSchemaFault.self) { try AvroSchema(Array(large.utf8)) }
  }

  /// libavro refuses the escape of a NUL; Kafka Connect writes one as the default of a decimal.
  @Test func aDefaultOfNULIsNoFault() {
    let schema =
      #"{"type":"record","name":"R","fields":[{"name":"a","type":"bytes","default":"\u0000\\u0000"}]}"#
    #expect(read(schema) { $0.content([1, 2]) } == #"{"a":"AQI="}"#)
  }

  @Test func theLastOfManyMayReferToTheOthers() throws {
    let text = #"""
      [{"type":"enum","name":"x.E","symbols":["A","B"]},
       {"type":"record","name":"y.R","fields":[{"name":"e","type":"x.E"}]},["null","y.R"]]
      """#
    let schema = try AvroSchema(Array(text.utf8), isLastOfMany: true)
    #expect(try AvroReadingTests.read([2, 2], by: schema).get() == #"{"e":"B"}"#)
    #expect(try AvroReadingTests.read([0], by: schema).get() == "null")
  }
}
