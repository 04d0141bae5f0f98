// SPDX-License-Identifier: Apache-2.0
import CAvro
import Foundation
import JSON
import Testing

@testable import Records

/// Records of Avro are read as other implementations write them.
@Suite struct AvroReadingTests {
  /// A record as JSON, or why it is refused.
  static func read(_ record: [UInt8], by schema: AvroSchema) -> Result<String, Rejection> {
    let scratch = Scratch()
    let source = AvroSource(parser: JSONParser(), scratch: scratch)
    return record.withUnsafeBytes { bytes in
      Result { () throws(Rejection) in
        let tape = try source.read(bytes, by: schema)
        return String(decoding: JSONWriter.text(of: 0, tape, scratch), as: UTF8.self)
      }
    }
  }

  static func read(_ text: String, _ write: (inout AvroBytes) -> Void) -> String {
    var bytes = AvroBytes()
    write(&bytes)
    do {
      return try read(bytes.bytes, by: AvroSchema(Array(text.utf8))).get()
    } catch let error as Rejection {
      return error.reason.code
    } catch {
      return "\(error)"
    }
  }

  @Test func thereAreSamples() { #expect(AvroSample.all.count >= 100) }

  @Test(arguments: AvroSample.all.indices)
  func everySampleIsReadAsTheOtherImplementationMeantIt(index: Int) throws {
    let sample = AvroSample.all[index]
    let schema = try AvroSchema(sample.schema)
    let found = try JSONNode(try Self.read(sample.record, by: schema).get().utf8)
    #expect(Self.isSame(found, sample.json), "line \(sample.line): \(found), \(sample.json)")
  }

  @Test(arguments: AvroSample.all.indices)
  func everyTruncationAndTrailingByteIsRefused(index: Int) throws {
    let sample = AvroSample.all[index]
    let schema = try AvroSchema(sample.schema)
    for length in sample.record.indices {
      let outcome = Self.read(Array(sample.record.prefix(length)), by: schema)
      #expect(outcome.failure?.reason == .malformedAvro, "line \(sample.line), \(length) bytes")
    }
    let outcome = Self.read(sample.record + [0], by: schema)
    #expect(outcome.failure?.reason == .malformedAvro)
    #expect(outcome.failure.map { Int($0.offset) } == sample.record.count)
  }

  /// What we read of damaged bytes, libavro reads, too, to the last byte. The other way it may not
  /// be: it takes any byte for a boolean, and any number for a symbol.
  @Test func whatIsReadOfDamagedBytesLibavroReadsToo() throws {
    var random = SplitMix(state: 41)
    var count = 0
    for sample in AvroSample.all where !sample.record.isEmpty {
      // libavro has no fixed type without bytes.
      if String(decoding: sample.schema, as: UTF8.self).contains(#""size": 0"#) { continue }
      let schema = try AvroSchema(sample.schema)
      for _ in 0..<60 {
        var bytes = sample.record
        let index = Int.random(in: 0..<bytes.count, using: &random)
        bytes[index] = UInt8(truncatingIfNeeded: random.next())
        guard case .success = Self.read(bytes, by: schema) else { continue }
        count += 1
        // It does not tell how far it has read: all bytes, if it cannot do without the last one.
        let isSame =
          Self.libavroReads(bytes, sample.schema)
          && !Self.libavroReads(bytes.dropLast(), sample.schema)
        #expect(isSame, "line \(sample.line), byte \(index)")
      }
    }
    #expect(count > 500)
  }

  private static func libavroReads(_ record: some Sequence<UInt8>, _ text: [UInt8]) -> Bool {
    let given = AvroSchemaText.withoutNUL(text).map { CChar(bitPattern: $0) }
    var schema: avro_schema_t?
    guard avro_schema_from_json_length(given, given.count, &schema) == 0, let schema else {
      return false
    }
    defer { avro_schema_decref(schema) }
    let interface = avro_generic_class_from_schema(schema)
    var value = avro_value_t()
    guard avro_generic_value_new(interface, &value) == 0 else { return false }
    defer {
      avro_value_decref(&value)
      _ = interface?.pointee.decref_iface?(interface)
    }
    return record.map { CChar(bitPattern: $0) }.withUnsafeBufferPointer { bytes in
      let reader = avro_reader_memory(bytes.baseAddress, Int64(bytes.count))
      defer { avro_reader_free(reader) }
      return avro_value_read(reader, &value) == 0
    }
  }

  /// Doubles are spelled in several ways. The other implementation widens a float; here it is its
  /// shortest decimal, which is the same float.
  private static func isSame(_ left: JSONNode, _ right: JSONNode) -> Bool {
    switch (left, right) {
    case (.number(let first), .number(let second)):
      first == second
        || second.contains { $0 == "." || $0 == "e" }
          && (Double(first) == Double(second)
            || Double(second).map { Double(Float($0)) == $0 } == true
              && Float(first) == Float(second))
    case (.array(let first), .array(let second)):
      first.count == second.count && zip(first, second).allSatisfy(isSame)
    case (.object(let first), .object(let second)):
      first.count == second.count
        && first.allSatisfy { name, value in second[name].map { isSame(value, $0) } ?? false }
    default: left == right
    }
  }
}

extension Result {
  var failure: Failure? {
    if case .failure(let error) = self { error } else { nil }
  }
}
