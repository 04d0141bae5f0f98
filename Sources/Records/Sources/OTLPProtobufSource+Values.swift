// SPDX-License-Identifier: Apache-2.0
import JSON

extension OTLPProtobufSource {
  /// Repeated KeyValues as an object.
  func addAttributes(
    of message: UnsafeRawBufferPointer, _ number: UInt64
  ) throws(WireReader.Malformed) {
    let position = output.count
    output.add(names.attributes, origin: -1)
    let before = keys.beginAttributes()
    try addObject(of: message, number)
    keys.resume(before)
    output.endKey(position)
    keys.note(attributes: position, output)
  }

  /// The same, where there are any.
  func addAnyAttributes(
    of message: UnsafeRawBufferPointer, _ number: UInt64
  ) throws(WireReader.Malformed) {
    var fields = WireReader(message)
    if try Self.next(&fields, number) != nil { try addAttributes(of: message, number) }
  }

  /// Those that stand together, from the field that was read last on. False when none is behind
  /// them, else the reader has read it.
  func addAttributes(
    from fields: inout WireReader, of message: UnsafeRawBufferPointer
  ) throws(WireReader.Malformed) -> Bool {
    let (position, number) = (output.count, fields.number)
    output.add(names.attributes, origin: -1)
    let object = output.begin(.object, origin: place(of: message))
    let before = keys.beginAttributes()
    var isThere = true
    while isThere, fields.number == number, fields.wire == .bytes {
      try add(pair: fields.content)
      isThere = try fields.next()
    }
    output.end(object)
    output.endKey(position)
    keys.resume(before)
    keys.note(attributes: position, output)
    return isThere
  }

  private func addObject(
    of message: UnsafeRawBufferPointer, _ number: UInt64
  ) throws(WireReader.Malformed) {
    let object = output.begin(.object, origin: place(of: message))
    var reader = WireReader(message)
    while let pair = try Self.next(&reader, number) { try add(pair: pair) }
    output.end(object)
  }

  @inline(__always)
  private func add(pair: UnsafeRawBufferPointer) throws(WireReader.Malformed) {
    if let usual = ShortFields.pair(pair) {
      try addMember(usual.key, usual.value)
    } else {
      try add(fieldsOfPair: pair)
    }
  }

  private func add(fieldsOfPair pair: UnsafeRawBufferPointer) throws(WireReader.Malformed) {
    var (name, value): (UnsafeRawBufferPointer?, UnsafeRawBufferPointer?)
    var fields = WireReader(pair)
    while try fields.next() {
      guard fields.wire == .bytes else { continue }
      if fields.number == OTLPMessage.KeyValue.key { name = fields.content }
      if fields.number == OTLPMessage.KeyValue.value { value = fields.content }
    }
    if let name, let value { try addMember(name, value) }
  }

  private func addMember(
    _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer
  ) throws(WireReader.Malformed) {
    let position = output.count
    let known = keys.key(name)
    output.add(known ?? .key(name, hash: parser.hash(of: name)), origin: -1)
    if let string = ShortFields.text(value) {
      output.add(.text(string), origin: place(of: value))
    } else if let scalar = ShortFields.scalar(value) {
      add(scalar.number, scalar.value, origin: place(of: value))
    } else {
      return try addMember(position, of: value)
    }
    output.endKey(position)
    keys.note(position, isKnown: known != nil, output)
  }

  /// A value that may have members.
  private func addMember(
    _ position: Int, of value: UnsafeRawBufferPointer
  ) throws(WireReader.Malformed) {
    let before = keys.begin(.other)
    try addValue(value)
    output.endKey(position)
    keys.resume(before)
    keys.note(position, output)
  }

  /// An AnyValue as the value that it holds: of several the last, as Protobuf has it.
  func addValue(_ message: UnsafeRawBufferPointer) throws(WireReader.Malformed) {
    var isHeld = false
    var held = WireReader(message)
    while try held.next() { isHeld = true }
    let origin = place(of: message)
    guard isHeld else { return output.add(JSONToken(.null, Self.text("null")), origin: origin) }
    switch (held.number, held.wire) {
    case (OTLPMessage.AnyValue.string, .bytes): output.add(.text(held.content), origin: origin)
    case (OTLPMessage.AnyValue.bool, .varint), (OTLPMessage.AnyValue.int, .varint),
      (OTLPMessage.AnyValue.double, .fixed64):
      add(held.number, held.value, origin: origin)
    case (OTLPMessage.AnyValue.array, .bytes):
      let array = output.begin(.array, origin: origin)
      var values = WireReader(held.content)
      while let value = try Self.next(&values, OTLPMessage.Values.values) { try addValue(value) }
      output.end(array)
    case (OTLPMessage.AnyValue.list, .bytes):
      try addObject(of: held.content, OTLPMessage.Values.values)
    case (OTLPMessage.AnyValue.bytes, .bytes):
      // As JSON has them.
      output.add(.text(scratch.base64(held.content)), origin: origin)
    default: output.add(JSONToken(.null, Self.text("null")), origin: origin)
    }
  }

  /// What a field that is no text holds, by its number.
  private func add(_ number: UInt64, _ value: UInt64, origin: Int) {
    switch number {
    case OTLPMessage.AnyValue.bool:
      output.add(
        JSONToken(value != 0 ? .true : .false, Self.text(value != 0 ? "true" : "false")),
        origin: origin)
    case OTLPMessage.AnyValue.int:
      let text = scratch.decimal(signed: Int64(bitPattern: value))
      output.add(JSONToken(.number, text), origin: origin)
    default: addDouble(value, origin: origin)
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
