// SPDX-License-Identifier: Apache-2.0
import CAvro
import JSON

/// Flattens a schema: libavro says what its types are, and its text what they mean logically,
/// which libavro 1.11 does not keep.
struct AvroCompiler {
  private(set) var places: [AvroPlace] = []
  private(set) var fields: [AvroPlace.Field] = []
  private(set) var branches: [Int32] = []
  private(set) var symbols: [UnsafeRawBufferPointer] = []
  private let arena: Arena
  /// Named types by where libavro has them, for the places that name them again.
  private var named: [UnsafeRawPointer: Int] = [:]

  init(arena: Arena) {
    self.arena = arena
  }

  /// The index of the place of the schema that is meant.
  mutating func compile(
    _ text: [UInt8], isLastOfMany: Bool
  ) throws(AvroSchemaFault) -> Int {
    guard text.count <= AvroLimits.schemaBytesMax else {
      throw AvroSchemaFault("longer than \(AvroLimits.schemaBytesMax) bytes")
    }
    let parser = JSONParser(isLenient: true)
    let tape: JSONTape
    do throws(JSONError) {
      tape = try text.withUnsafeBytes { bytes in
        Result { () throws(JSONError) in try parser.parse(bytes) }
      }.get()
    } catch {
      throw AvroSchemaFault("no JSON that can be read: \(error)")
    }
    let schema = try Self.parse(text)
    defer { avro_schema_decref(schema) }
    let root = AvroSchemaText(tape: tape, index: 0)
    defer { withExtendedLifetime(parser) {} }
    guard isLastOfMany else { return try add(schema, root, isBranch: false) }
    guard schema.pointee.type == AVRO_UNION else { throw AvroSchemaFault("no array of schemas") }
    let union = try union(schema, root, isBranch: false)
    return Int(branches[Int(places[union].first + places[union].count) - 1])
  }

  private static func parse(_ text: [UInt8]) throws(AvroSchemaFault) -> avro_schema_t {
    let given = AvroSchemaText.withoutNUL(text)
    var schema: avro_schema_t?
    let status = given.withUnsafeBufferPointer { bytes in
      bytes.withMemoryRebound(to: CChar.self) {
        avro_schema_from_json_length($0.baseAddress, $0.count, &schema)
      }
    }
    guard status == 0, let schema else { throw AvroSchemaFault(String(cString: avro_strerror())) }
    return schema
  }

  private mutating func reserve() throws(AvroSchemaFault) -> Int {
    guard places.count < AvroLimits.placesMax else {
      throw AvroSchemaFault("more than \(AvroLimits.placesMax) types and fields")
    }
    places.append(AvroPlace(kind: .null))
    return places.count - 1
  }

  private mutating func add(
    _ schema: avro_schema_t?, _ text: AvroSchemaText, isBranch: Bool
  ) throws(AvroSchemaFault) -> Int {
    guard let schema else { throw AvroSchemaFault("a type that is missing") }
    switch schema.pointee.type {
    case AVRO_LINK: return try link(schema)
    case AVRO_RECORD: return try record(schema, text)
    case AVRO_UNION where isBranch: throw AvroSchemaFault("a union directly inside of a union")
    case AVRO_UNION: return try union(schema, text, isBranch: true)
    case AVRO_ENUM: return try enumeration(schema)
    case AVRO_FIXED: return try fixed(schema, text)
    case AVRO_ARRAY:
      return try container(.array, avro_schema_array_items(schema), text.member("items"))
    case AVRO_MAP:
      return try container(.map, avro_schema_map_values(schema), text.member("values"))
    default:
      let index = try reserve()
      places[index] = try Self.primitive(schema.pointee.type, text)
      return index
    }
  }

  private static func primitive(
    _ type: avro_type_t, _ text: AvroSchemaText
  ) throws(AvroSchemaFault) -> AvroPlace {
    switch type {
    case AVRO_NULL: AvroPlace(kind: .null)
    case AVRO_BOOLEAN: AvroPlace(kind: .boolean)
    case AVRO_INT32: AvroPlace(kind: text.isLogical("date") ? .date : .int)
    case AVRO_INT64: AvroPlace(kind: .long)
    case AVRO_FLOAT: AvroPlace(kind: .float)
    case AVRO_DOUBLE: AvroPlace(kind: .double)
    case AVRO_STRING: AvroPlace(kind: .string)
    case AVRO_BYTES:
      if let scale = text.decimalScale {
        AvroPlace(kind: .decimal, scale: scale)
      } else {
        AvroPlace(kind: .bytes)
      }
    default: throw AvroSchemaFault("a type that is not known: \(type.rawValue)")
    }
  }

  private func link(_ schema: avro_schema_t) throws(AvroSchemaFault) -> Int {
    guard let target = avro_schema_link_target(schema), let place = named[UnsafeRawPointer(target)]
    else { throw AvroSchemaFault("a name that stands before its type") }
    return place
  }

  private mutating func container(
    _ kind: AvroPlace.Kind, _ below: avro_schema_t?, _ text: AvroSchemaText
  ) throws(AvroSchemaFault) -> Int {
    let index = try reserve()
    let place = try add(below, text, isBranch: false)
    places[index] = AvroPlace(kind: kind, first: Int32(place))
    return index
  }

  private mutating func record(
    _ schema: avro_schema_t, _ text: AvroSchemaText
  ) throws(AvroSchemaFault) -> Int {
    let index = try reserve()
    named[UnsafeRawPointer(schema)] = index
    let count = avro_schema_record_size(schema)
    guard count <= AvroLimits.placesMax else {
      throw AvroSchemaFault("more than \(AvroLimits.placesMax) types and fields")
    }
    // Behind each other, whatever the types of the fields add meanwhile.
    let first = fields.count
    for number in 0..<Int32(count) {
      let name = avro_schema_record_field_name(schema, number).map { String(cString: $0) } ?? ""
      fields.append(AvroPlace.Field(name: arena.copy(name), place: 0))
    }
    places[index] = AvroPlace(kind: .record, first: Int32(first), count: Int32(count))
    var elements = text.member("fields").elements
    var names: Set<String> = []
    for number in 0..<Int(count) {
      let name = fields[first + number].name
      guard names.insert(String(decoding: name, as: UTF8.self)).inserted else {
        throw AvroSchemaFault("a record with two fields of one name")
      }
      let place = try add(
        avro_schema_record_field_get_by_index(schema, Int32(number)),
        elements.next().member("type"), isBranch: false)
      fields[first + number] = AvroPlace.Field(name: name, place: Int32(place))
    }
    return index
  }

  private mutating func union(
    _ schema: avro_schema_t, _ text: AvroSchemaText, isBranch: Bool
  ) throws(AvroSchemaFault) -> Int {
    let index = try reserve()
    let count = avro_schema_union_size(schema)
    guard count <= AvroLimits.placesMax else {
      throw AvroSchemaFault("more than \(AvroLimits.placesMax) types and fields")
    }
    let first = branches.count
    branches += [Int32](repeating: 0, count: Int(count))
    places[index] = AvroPlace(kind: .union, first: Int32(first), count: Int32(count))
    var elements = text.elements
    for number in 0..<Int(count) {
      let place = try add(
        avro_schema_union_branch(schema, Int32(number)), elements.next(), isBranch: isBranch)
      branches[first + number] = Int32(place)
    }
    return index
  }

  private mutating func enumeration(_ schema: avro_schema_t) throws(AvroSchemaFault) -> Int {
    let index = try reserve()
    named[UnsafeRawPointer(schema)] = index
    let count = avro_schema_enum_number_of_symbols(schema)
    places[index] = AvroPlace(
      kind: .enumeration, first: Int32(symbols.count), count: Int32(count))
    for number in 0..<count {
      let symbol = avro_schema_enum_get(schema, number).map { String(cString: $0) } ?? ""
      symbols.append(arena.copy(symbol))
    }
    return index
  }

  private mutating func fixed(
    _ schema: avro_schema_t, _ text: AvroSchemaText
  ) throws(AvroSchemaFault) -> Int {
    let index = try reserve()
    named[UnsafeRawPointer(schema)] = index
    let size = avro_schema_fixed_size(schema)
    guard (0...Int64(JSONLimits.payloadBytesMax)).contains(size) else {
      throw AvroSchemaFault("a fixed type of \(size) bytes")
    }
    places[index] = AvroPlace(kind: .fixed, count: Int32(size))
    if let scale = text.decimalScale {
      places[index].kind = .decimalFixed
      places[index].scale = scale
    } else if text.isLogical("uuid"), size == 16 {
      places[index].kind = .uuidFixed
    }
    return index
  }
}
