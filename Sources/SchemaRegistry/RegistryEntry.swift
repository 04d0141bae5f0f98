// SPDX-License-Identifier: Apache-2.0
import JSON

/// What a registry says of a schema.
struct RegistryEntry {
  enum Format {
    case avro, json, protobuf, other
  }

  struct Reference: Hashable {
    let subject: String
    let version: String
  }

  let type: Format
  let schema: [UInt8]
  let references: [Reference]

  init(_ body: [UInt8]) throws(RegistryFault) {
    let found = Self.read(body) { tape -> RegistryEntry? in
      guard let text = Self.member("schema", of: 0, tape), tape[text].kind == .string else {
        return nil
      }
      return unsafe RegistryEntry(
        type: Self.format(Self.member("schemaType", of: 0, tape).map { Self.text($0, tape) }),
        schema: Array(tape[text].bytes), references: Self.references(tape))
    }
    guard let found else { throw RegistryFault("an answer that is no registry's") }
    self = found
  }

  private init(type: Format, schema: [UInt8], references: [Reference]) {
    (self.type, self.schema, self.references) = (type, schema, references)
  }

  /// 0 for none.
  static func errorCode(_ body: [UInt8]) -> Int {
    read(body) { tape in
      member("error_code", of: 0, tape).flatMap { Int(text($0, tape)) }
    } ?? 0
  }

  private static func format(_ name: String?) -> Format {
    switch name {
    case nil, "AVRO": .avro
    case "JSON": .json
    case "PROTOBUF": .protobuf
    default: .other
    }
  }

  private static func references(_ tape: JSONTape) -> [Reference] {
    guard let list = member("references", of: 0, tape), tape[list].kind == .array else {
      return []
    }
    var references: [Reference] = []
    var element = list + 1
    while element < tape[list].next {
      if let subject = member("subject", of: element, tape),
        let version = member("version", of: element, tape), tape[version].kind == .number
      {
        references.append(
          Reference(subject: text(subject, tape), version: text(version, tape)))
      }
      element = tape[element].next
    }
    return references
  }

  private static func read<Result>(_ body: [UInt8], _ take: (JSONTape) -> Result?) -> Result? {
    let parser = JSONParser(isLenient: true)
    return unsafe body.withUnsafeBytes { bytes in
      guard let tape = try? unsafe parser.parse(bytes) else { return nil }
      return take(tape)
    }
  }

  private static func member(_ name: String, of object: Int, _ tape: JSONTape) -> Int? {
    guard tape[object].kind == .object else { return nil }
    var key = object + 1
    while key < tape[object].next {
      if unsafe tape[key].bytes.elementsEqual(name.utf8) { return key + 1 }
      key = tape[key].next
    }
    return nil
  }

  private static func text(_ token: Int, _ tape: JSONTape) -> String {
    unsafe String(decoding: tape[token].bytes, as: UTF8.self)
  }
}
