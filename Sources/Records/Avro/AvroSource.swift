// SPDX-License-Identifier: Apache-2.0
import JSON

/// A record of Avro as the tape that the same record in JSON would give: unions are what they hold,
/// maps are objects, an enumeration is its symbol. One thread; nothing is allocated for a record
/// once its buffers have grown.
final class AvroSource {
  private let parser: JSONParser
  private let scratch: Scratch
  private let output = TapeBuilder()
  private var schema: AvroSchema?
  /// The keys of the fields of the schema, as the parser hashes them.
  private var keys: [JSONToken] = []
  /// What was prepared before.
  private var prepared: [ObjectIdentifier: Prepared] = [:]

  private struct Prepared {
    /// Kept, so that no other schema gets its identity.
    let schema: AvroSchema
    let keys: [JSONToken]
  }

  init(parser: JSONParser, scratch: Scratch) {
    (self.parser, self.scratch) = (parser, scratch)
  }

  /// Borrowed until the next record; `content` must stay where it is.
  func read(
    _ content: UnsafeRawBufferPointer, by schema: AvroSchema
  ) throws(Rejection) -> JSONTape {
    guard content.count <= ItemLimits.recordBytesMax else { throw Rejection(.payloadTooLarge) }
    if self.schema !== schema { prepare(schema) }
    output.removeAll()
    var reader = AvroReader(content)
    do throws(AvroFault) {
      try add(schema.root, schema, &reader)
      guard reader.isAtEnd else { throw .malformed }
    } catch {
      let reason: Reason =
        switch error {
        case .malformed: .malformedAvro
        case .tooDeep: .tooDeep
        case .tooManyValues: .tooManyValues
        }
      throw Rejection(reason, offset: reader.position)
    }
    return output.tape
  }

  func offset(of token: Int) -> Int { output.origin(of: token) }

  private func prepare(_ schema: AvroSchema) {
    self.schema = schema
    if let known = prepared[ObjectIdentifier(schema)] {
      keys = known.keys
      return
    }
    keys = schema.fields.map { .key($0.name, hash: parser.hash(of: $0.name)) }
    if prepared.count >= AvroLimits.preparedSchemasMax { prepared.removeAll() }
    prepared[ObjectIdentifier(schema)] = Prepared(schema: schema, keys: keys)
  }

  private func add(
    _ index: Int, _ schema: AvroSchema, _ reader: inout AvroReader
  ) throws(AvroFault) {
    guard output.count < AvroLimits.tokensMax else { throw .tooManyValues }
    let place = schema.places[index]
    switch place.kind {
    case .union:
      let branch = try reader.index(below: place.count)
      try add(Int(schema.branches[Int(place.first) + branch]), schema, &reader)
    case .record: try add(record: place, schema, &reader)
    case .array: try add(array: place, schema, &reader)
    case .map: try add(map: place, schema, &reader)
    default:
      let origin = reader.position
      output.add(try scalar(place, schema, &reader), origin: origin)
    }
  }

  private func begin(
    _ kind: JSONKind, _ reader: borrowing AvroReader
  ) throws(AvroFault) -> Int {
    guard output.depth < AvroLimits.depthMax else { throw .tooDeep }
    return output.begin(kind, origin: reader.position)
  }

  private func add(
    record place: AvroPlace, _ schema: AvroSchema, _ reader: inout AvroReader
  ) throws(AvroFault) {
    let object = try begin(.object, reader)
    for number in Int(place.first)..<Int(place.first + place.count) {
      let key = output.count
      output.add(keys[number], origin: reader.position)
      try add(Int(schema.fields[number].place), schema, &reader)
      output.endKey(key)
    }
    output.end(object)
  }

  private func add(
    array place: AvroPlace, _ schema: AvroSchema, _ reader: inout AvroReader
  ) throws(AvroFault) {
    let array = try begin(.array, reader)
    var left = try reader.blockCount()
    while left > 0 {
      try add(Int(place.first), schema, &reader)
      left -= 1
      if left == 0 { left = try reader.blockCount() }
    }
    output.end(array)
  }

  private func add(
    map place: AvroPlace, _ schema: AvroSchema, _ reader: inout AvroReader
  ) throws(AvroFault) {
    let object = try begin(.object, reader)
    var left = try reader.blockCount()
    while left > 0 {
      let key = output.count
      let origin = reader.position
      let name = try reader.content()
      output.add(.key(name, hash: parser.hash(of: name)), origin: origin)
      try add(Int(place.first), schema, &reader)
      output.endKey(key)
      left -= 1
      if left == 0 { left = try reader.blockCount() }
    }
    output.end(object)
  }

  private func scalar(
    _ place: AvroPlace, _ schema: AvroSchema, _ reader: inout AvroReader
  ) throws(AvroFault) -> JSONToken {
    switch place.kind {
    case .boolean: return try reader.boolean() ? Self.true : Self.false
    case .int: return JSONToken(.number, scratch.decimal(signed: try reader.int()))
    case .long: return JSONToken(.number, scratch.decimal(signed: try reader.long()))
    case .float: return number(try reader.float())
    case .double: return number(try reader.double())
    case .string: return .text(try reader.content())
    case .bytes: return binary(try reader.content())
    case .fixed: return binary(try reader.fixed(Int(place.count)))
    case .enumeration:
      return JSONToken(
        .string, schema.symbols[Int(place.first) + (try reader.index(below: place.count))])
    case .date:
      return scratch.date(daysSince1970: try reader.int()).map { JSONToken(.string, $0) }
        ?? Self.outOfRange
    case .decimal: return decimal(try reader.content(), place)
    case .decimalFixed: return decimal(try reader.fixed(Int(place.count)), place)
    case .uuidFixed: return JSONToken(.string, scratch.uuid(try reader.fixed(Int(place.count))))
    case .null, .record, .array, .map, .union: return Self.null
    }
  }

  private func number(_ value: Double) -> JSONToken {
    scratch.decimal(value).map { JSONToken(.number, $0) } ?? Self.outOfRange
  }

  private func decimal(_ bytes: UnsafeRawBufferPointer, _ place: AvroPlace) -> JSONToken {
    guard let text = scratch.decimal(bytes, scale: Int(place.scale)),
      text.count <= JSONLimits.numberCharactersMax
    else { return Self.outOfRange }
    return JSONToken(.number, text)
  }

  /// As Kafka Connect has it in JSON.
  private func binary(_ bytes: UnsafeRawBufferPointer) -> JSONToken {
    guard (bytes.count + 2) / 3 * 4 <= JSONLimits.stringBytesMax else {
      return JSONToken(.string, bytes, hash: UInt32(JSONError.stringTooLong.rawValue))
    }
    return JSONToken(.string, scratch.base64(bytes))
  }

  private static var null: JSONToken { JSONToken(.null, text("null")) }
  private static var `true`: JSONToken { JSONToken(.true, text("true")) }
  private static var `false`: JSONToken { JSONToken(.false, text("false")) }

  /// What no column takes: NaN, the infinities, more digits than are exact. Refused when it is
  /// read, and not before.
  private static var outOfRange: JSONToken {
    JSONToken(.number, text("NaN"), hash: UInt32(JSONError.numberOutOfRange.rawValue))
  }

  private static func text(_ text: StaticString) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
  }
}
