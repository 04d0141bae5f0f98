// SPDX-License-Identifier: Apache-2.0
import Glibc
import JSON

/// Requests of OTLP in JSON.
final class OTLPJSONSource {
  let parser: JSONParser
  private let names: OTLPNames
  let keys: KeyMemory
  let output = TapeBuilder()
  private var tape: JSONTape?
  private var signal = OTLPSignal.spans
  /// The elements that come next, and where their arrays end.
  private var resources = 0..<0
  private var scopes = 0..<0
  private var items = 0..<0
  /// Tokens of the output that the resource, and the resource with the scope take.
  private var resourceCount = 0
  private var scopeCount = 0
  private(set) var last: Int32 = -1

  init(parser: JSONParser, names: OTLPNames, keys: KeyMemory) {
    (self.parser, self.names, self.keys) = (parser, names, keys)
  }

  /// Whether what begins with a line feed is JSON.
  static func isJSON(_ content: UnsafeRawBufferPointer) -> Bool {
    guard content.first(where: { $0 > 0x20 }) == UInt8(ascii: "{") else { return false }
    return !content.contains { $0 < 0x09 || 0x0e..<0x20 ~= $0 }
  }

  func open(_ content: UnsafeRawBufferPointer) throws(Rejection) {
    (resources, scopes, items, last) = (0..<0, 0..<0, 0..<0, -1)
    let tape: JSONTape
    do throws(JSONError) {
      tape = try parser.parse(content)
    } catch {
      throw Rejection(Format.reason(of: content, error), offset: parser.fault?.offset ?? -1)
    }
    self.tape = tape
    guard tape[0].kind == .object else { throw Rejection(Format.reason(ofArray: tape)) }
    try chooseSignal(tape)
    try checkCount(tape)
  }

  /// A request is of one signal: of two, one would be lost. Lists of others may be there, empty.
  private func chooseSignal(_ tape: JSONTape) throws(Rejection) {
    let spans = try elements("resourceSpans", tape)
    let logs = try elements("resourceLogs", tape)
    let metrics = try elements("resourceMetrics", tape)
    switch (spans?.isEmpty ?? true, logs?.isEmpty ?? true, metrics?.isEmpty ?? true) {
    case (_, true, true) where spans != nil: (signal, resources) = (.spans, spans ?? 0..<0)
    case (true, _, true) where logs != nil: (signal, resources) = (.logs, logs ?? 0..<0)
    case (true, true, _) where metrics != nil: throw Rejection(.otlpMetricsPayload)
    default: throw Rejection(.notOTLP, offset: 0)
    }
  }

  private func elements(_ name: StaticString, _ tape: JSONTape) throws(Rejection) -> Range<Int>? {
    guard let list = member(name, of: 0, tape) else { return nil }
    return try elements(of: list, tape)
  }

  /// Counts the items, and looks whether all of them are objects: they are given out without a
  /// fault.
  private func checkCount(_ tape: JSONTape) throws(Rejection) {
    var count = 0
    var resource = resources.lowerBound
    while resource < resources.upperBound {
      let scopes = try elements(signal.scopes, of: resource, tape)
      var scope = scopes.lowerBound
      while scope < scopes.upperBound {
        let items = try elements(signal.items, of: scope, tape)
        var item = items.lowerBound
        while item < items.upperBound {
          try check(item, tape)
          count += 1
          item = tape[item].next
        }
        scope = tape[scope].next
      }
      resource = tape[resource].next
    }
    guard count <= ItemLimits.itemsMax else { throw Rejection(.tooManyItems) }
  }

  private func check(_ token: Int, _ tape: JSONTape) throws(Rejection) {
    guard tape[token].kind == .object else {
      throw Rejection(.notOTLP, offset: parser.offset(of: token))
    }
  }

  /// Of a resource or a scope. A list that has neither of the names would be lost without a word.
  private func elements(
    _ names: OTLPSignal.Names, of object: Int, _ tape: JSONTape
  ) throws(Rejection) -> Range<Int> {
    try check(object, tape)
    if let list = list(names, of: object, tape) { return try elements(of: list, tape) }
    var key = object + 1
    while key < tape[object].next {
      if tape[key + 1].kind == .array, tape[key + 1].next > key + 2 {
        throw Rejection(.notOTLP, offset: parser.offset(of: key))
      }
      key = tape[key].next
    }
    return 0..<0
  }

  /// The one with the old name is read where the other is empty (OTLP 0.15).
  private func list(_ names: OTLPSignal.Names, of object: Int, _ tape: JSONTape) -> Int? {
    let list = member(names.now, of: object, tape)
    if let list, tape[list].next > list + 1 { return list }
    return member(names.before, of: object, tape) ?? list
  }

  private func elements(of list: Int, _ tape: JSONTape) throws(Rejection) -> Range<Int> {
    guard tape[list].kind == .array else {
      throw Rejection(.notOTLP, offset: parser.offset(of: list))
    }
    return list + 1..<tape[list].next
  }

  func next() -> RecordSource.Item? {
    guard let tape else { return nil }
    while true {
      if let item = take(&items, tape) {
        last += 1
        write(item, tape)
        return RecordSource.Item(tape: output.tape, root: 0)
      }
      if let scope = take(&scopes, tape) {
        beginScope(scope, tape)
        continue
      }
      guard let resource = take(&resources, tape) else { return nil }
      beginResource(resource, tape)
    }
  }

  private func take(_ elements: inout Range<Int>, _ tape: JSONTape) -> Int? {
    guard let first = elements.first else { return nil }
    elements = tape[first].next..<elements.upperBound
    return first
  }

  func offset(of token: Int) -> Int {
    let origin = output.origin(of: token)
    return origin < 0 ? -1 : parser.offset(of: origin)
  }

  private func beginResource(_ resource: Int, _ tape: JSONTape) {
    output.removeAll()
    _ = output.begin(.object, origin: resource)
    addObject(names.resource, member("resource", of: resource, tape), tape)
    resourceCount = output.count
    scopes = members(signal.scopes, of: resource, tape)
  }

  private func beginScope(_ scope: Int, _ tape: JSONTape) {
    output.cut(to: resourceCount, depth: 1)
    let library = member("scope", of: scope, tape)
    addObject(
      names.scope, library ?? member("instrumentationLibrary", of: scope, tape), tape)
    scopeCount = output.count
    keys.share(output)
    items = members(signal.items, of: scope, tape)
  }

  /// The elements of a list that has been looked at before.
  private func members(_ names: OTLPSignal.Names, of object: Int, _ tape: JSONTape) -> Range<Int> {
    guard let list = list(names, of: object, tape), tape[list].kind == .array else { return 0..<0 }
    return list + 1..<tape[list].next
  }

  private func write(_ item: Int, _ tape: JSONTape) {
    output.cut(to: scopeCount, depth: 1)
    let key = output.count
    output.add(names.signal, origin: -1)
    output.add(signal == .spans ? names.span : names.log, origin: -1)
    output.endKey(key)
    keys.beginItem()
    keys.note(key, output)
    addMembers(of: item, tape)
    output.end(0)
    keys.note(item: output)
  }

  private func addObject(_ name: JSONToken, _ object: Int?, _ tape: JSONTape) {
    guard let object, tape[object].kind == .object else { return }
    let key = output.count
    output.add(name, origin: object)
    let self_ = output.begin(.object, origin: object)
    keys.begin(.other)
    addMembers(of: object, tape)
    output.end(self_)
    output.endKey(key)
  }

  /// The members of a resource, a scope, a span or a log record.
  private func addMembers(of object: Int, _ tape: JSONTape) {
    var key = object + 1
    while key < tape[object].next {
      let name = tape[key].bytes
      let position = output.count
      if Self.isSame(name, "attributes") {
        output.add(names.attributes, origin: key)
        let before = keys.beginAttributes()
        addAttributes(key + 1, tape)
        keys.resume(before)
        output.endKey(position)
        keys.note(attributes: position, output)
      } else if Self.isSame(name, "body") {
        output.add(names.body, origin: key)
        let before = keys.begin(.other)
        addValue(key + 1, tape)
        keys.resume(before)
        output.endKey(position)
        keys.note(position, output)
      } else if !Self.isSame(name, "events"), !Self.isSame(name, "links"),
        !Self.isNothing(name, tape[key + 1])
      {
        let known = tape[key].isUsable ? keys.key(name) : nil
        output.add(known ?? tape[key], origin: key)
        if tape[key].next == key + 2 {
          output.add(tape[key + 1], origin: key + 1)
        } else {
          output.copy(key + 1, of: tape)
        }
        output.endKey(position)
        if known == nil || tape[key].next > key + 2 {
          output.hashKeys(from: position, with: parser)
        }
        keys.note(position, isKnown: known != nil, output)
      }
      key = tape[key].next
    }
  }

  /// An id or a time of zeros is none (OTLP).
  @inline(__always)
  private static func isNothing(_ name: UnsafeRawBufferPointer, _ value: JSONToken) -> Bool {
    let zero = UInt8(ascii: "0")
    guard value.bytes.first == zero, value.bytes.allSatisfy({ $0 == zero }) else { return false }
    return ends(name, "Id") || ends(name, "UnixNano")
  }

  private static func ends(_ name: UnsafeRawBufferPointer, _ end: StaticString) -> Bool {
    isSame(UnsafeRawBufferPointer(rebasing: name.suffix(end.utf8CodeUnitCount)), end)
  }

  func member(_ name: StaticString, of object: Int, _ tape: JSONTape) -> Int? {
    guard tape[object].kind == .object else { return nil }
    var key = object + 1
    while key < tape[object].next {
      if Self.isSame(tape[key].bytes, name) { return key + 1 }
      key = tape[key].next
    }
    return nil
  }

  @inline(__always)
  static func isSame(_ bytes: UnsafeRawBufferPointer, _ name: StaticString) -> Bool {
    // A length that the compiler knows makes this a few comparisons.
    guard bytes.count == name.utf8CodeUnitCount, let base = bytes.baseAddress else { return false }
    return memcmp(base, name.utf8Start, name.utf8CodeUnitCount) == 0
  }
}
