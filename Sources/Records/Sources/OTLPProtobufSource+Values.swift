// SPDX-License-Identifier: Apache-2.0
import JSON

extension OTLPProtobufSource {
  /// Repeated KeyValues as an object.
  func addAttributes(
    of message: UnsafeRawBufferPointer, _ number: UInt64
  ) throws(WireReader.Malformed) {
    try member(names.attributes) { source throws(WireReader.Malformed) in
      try source.addObject(of: message, number)
    }
  }

  /// The same, where there are any.
  func addAnyAttributes(
    of message: UnsafeRawBufferPointer, _ number: UInt64
  ) throws(WireReader.Malformed) {
    var fields = WireReader(message)
    if try Self.next(&fields, number) != nil { try addAttributes(of: message, number) }
  }

  private func addObject(
    of message: UnsafeRawBufferPointer, _ number: UInt64
  ) throws(WireReader.Malformed) {
    let object = output.begin(.object, origin: place(of: message))
    keys.begin(.attributes)
    var reader = WireReader(message)
    while let pair = try Self.next(&reader, number) {
      if let usual = ShortFields.pair(pair) {
        try addMember(usual.key, usual.value)
        continue
      }
      var (name, value): (UnsafeRawBufferPointer?, UnsafeRawBufferPointer?)
      var fields = WireReader(pair)
      while try fields.next() {
        let field = fields.field
        guard field.wire == .bytes else { continue }
        if field.number == OTLPMessage.KeyValue.key { name = field.content }
        if field.number == OTLPMessage.KeyValue.value { value = field.content }
      }
      if let name, let value { try addMember(name, value) }
    }
    output.end(object)
  }

  private func addMember(
    _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer
  ) throws(WireReader.Malformed) {
    let position = output.count
    output.add(
      keys.key(name) ?? .key(name, hash: parser.hash(of: name)), origin: -1)
    if let string = ShortFields.text(value) {
      output.add(.text(string), origin: place(of: value))
    } else {
      try addValue(value)
    }
    output.endKey(position)
  }

  /// An AnyValue as the value that it holds: of several the last, as Protobuf has it.
  func addValue(_ message: UnsafeRawBufferPointer) throws(WireReader.Malformed) {
    var held: WireReader.Field?
    var fields = WireReader(message)
    while try fields.next() { held = fields.field }
    let origin = place(of: message)
    guard let held else { return output.add(JSONToken(.null, Self.text("null")), origin: origin) }
    switch (held.number, held.wire) {
    case (OTLPMessage.AnyValue.string, .bytes): output.add(.text(held.content), origin: origin)
    case (OTLPMessage.AnyValue.bool, .varint):
      let isTrue = held.value != 0
      output.add(
        JSONToken(isTrue ? .true : .false, Self.text(isTrue ? "true" : "false")), origin: origin)
    case (OTLPMessage.AnyValue.int, .varint):
      let number = scratch.decimal(signed: Int64(bitPattern: held.value))
      output.add(JSONToken(.number, number), origin: origin)
    case (OTLPMessage.AnyValue.double, .fixed64): addDouble(held.value, origin: origin)
    case (OTLPMessage.AnyValue.array, .bytes):
      let array = output.begin(.array, origin: origin)
      var values = WireReader(held.content)
      while let value = try Self.next(&values, OTLPMessage.Values.values) { try addValue(value) }
      output.end(array)
    case (OTLPMessage.AnyValue.list, .bytes):
      try addObject(of: held.content, OTLPMessage.Values.values)
    case (OTLPMessage.AnyValue.bytes, .bytes):
      output.add(JSONToken(.string, scratch.hexadecimal(held.content)), origin: origin)
    default: output.add(JSONToken(.null, Self.text("null")), origin: origin)
    }
  }

  private static func text(_ text: StaticString) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
  }

  private func addDouble(_ bits: UInt64, origin: Int) {
    output.add(
      scratch.decimal(Double(bitPattern: bits)).map { JSONToken(.number, $0) }
        ?? JSONToken(.string, Self.text("NaN")), origin: origin)
  }
}
