// SPDX-License-Identifier: Apache-2.0
import Glibc
import JSON

/// The items of a JSON document, or of one a line.
final class DocumentSource {
  private let parser: JSONParser
  private let avro: AvroSource
  private let places: ItemPlaces
  private let mayHaveLines: Bool

  private var content = TapeBuilder.nothing
  private var tape: JSONTape?
  /// Where the document that is read begins in the content.
  private var start = 0
  /// Where the next line begins; nil when the content is one document.
  private var nextLine: Int?
  private var found: ItemPlaces.Found?
  private var element = 0
  private var number: Int32 = 0
  private var isSingle = false
  private var isAvro = false

  init(_ profile: Profile, parser: JSONParser, scratch: Scratch) {
    self.parser = parser
    avro = AvroSource(parser: parser, scratch: scratch)
    places = ItemPlaces(profile.items)
    mayHaveLines = profile.format == .ndjson
  }

  /// `schema` is that of a record of Avro, which is read like the same record in JSON.
  func open(
    _ content: UnsafeRawBufferPointer, _ schema: AvroSchema?
  ) throws(Rejection) {
    self.content = content
    (found, tape, nextLine, start, number) = (nil, nil, nil, 0, 0)
    isAvro = schema != nil
    if let schema {
      tape = try avro.read(content, by: schema)
      return try beginDocument()
    }
    do throws(JSONError) {
      tape = try parser.parse(content)
    } catch {
      let isOfLines = error == .notJSON || error == .trailingContent || beginsWithLine(content)
      guard mayHaveLines, isOfLines, error != .payloadTooLarge, containsLineFeed(content) else {
        throw Rejection(
          Format.reason(of: content, error), offset: parser.fault?.offset ?? -1)
      }
      try checkLineCount()
      nextLine = 0
      isSingle = false
      return
    }
    try beginDocument()
  }

  private func beginDocument() throws(Rejection) {
    try begin()
    isSingle = found?.isArray == false
    if !isSingle { try checkCount() }
  }

  func next() throws(Rejection) -> RecordSource.Item? {
    while true {
      if let item = try nextOfDocument() { return item }
      guard try openLine() else { return nil }
    }
  }

  /// The number of the item that was asked for last, also of one that could not be read.
  var last: Int32 { isSingle ? -1 : number - 1 }

  func offset(of token: Int) -> Int {
    isAvro ? avro.offset(of: token) : parser.offset(of: token) + start
  }

  private func begin() throws(Rejection) {
    guard let tape else { return }
    guard let place = places.find(in: tape) else {
      throw Rejection(Format.reason(ofArray: tape), offset: start)
    }
    found = place
    element = place.token + (place.isArray ? 1 : 0)
  }

  private func checkCount() throws(Rejection) {
    guard let tape, let found else { return }
    var (count, index) = (0, found.token + 1)
    while index < tape[found.token].next {
      count += 1
      index = tape[index].next
    }
    guard count <= ItemLimits.itemsMax else { throw Rejection(.tooManyItems) }
  }

  private func checkLineCount() throws(Rejection) {
    var count = 1
    for byte in content where byte == UInt8(ascii: "\n") { count += 1 }
    guard count <= ItemLimits.itemsMax else { throw Rejection(.tooManyItems) }
  }

  private func nextOfDocument() throws(Rejection) -> RecordSource.Item? {
    guard let tape, let found else { return nil }
    guard found.isArray else {
      self.found = nil
      return try item(found.token, tape)
    }
    guard element < tape[found.token].next else {
      self.found = nil
      return nil
    }
    let index = element
    element = tape[index].next
    guard let token = ItemPlaces.follow(found.further, from: index, in: tape) else {
      number += 1
      throw Rejection(.notObject, offset: offset(of: index))
    }
    return try item(token, tape)
  }

  private func item(_ token: Int, _ tape: JSONTape) throws(Rejection) -> RecordSource.Item {
    number += 1
    guard tape[token].kind == .object else {
      throw Rejection(
        token == 0 ? Format.reason(ofArray: tape) : .notObject, offset: offset(of: token))
    }
    return RecordSource.Item(tape: tape, root: token)
  }

  /// Parses the next line that is not blank; false at the end. A line that is no document is one
  /// item.
  private func openLine() throws(Rejection) -> Bool {
    while let from = nextLine, from < content.count {
      let rest = UnsafeRawBufferPointer(rebasing: content[from...])
      let count = rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.count
      nextLine = from + count + 1
      let line = UnsafeRawBufferPointer(rebasing: rest[..<count])
      guard line.contains(where: { $0 > 0x20 }) else { continue }
      start = from
      tape = nil
      do throws(JSONError) {
        tape = try parser.parse(line)
      } catch {
        number += 1
        throw Rejection(Reason(error), offset: parser.fault.map { $0.offset + from } ?? -1)
      }
      do throws(Rejection) {
        try begin()
      } catch {
        number += 1
        throw error
      }
      return true
    }
    nextLine = nil
    return false
  }

  /// Whether the first line that is not blank is an object of its own: then what is wrong in one
  /// line says nothing of the others.
  private func beginsWithLine(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let mark: [UInt8] = [0xef, 0xbb, 0xbf]
    let text = bytes.dropFirst(bytes.starts(with: mark) ? mark.count : 0).drop { $0 <= 0x20 }
    let line = text.prefix { $0 != UInt8(ascii: "\n") }
    return line.first == UInt8(ascii: "{")
      && line.last { $0 > 0x20 } == UInt8(ascii: "}")
  }

  private func containsLineFeed(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let base = bytes.baseAddress else { return false }
    return memchr(base, 0x0a, bytes.count) != nil
  }
}
