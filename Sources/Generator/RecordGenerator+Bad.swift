// SPDX-License-Identifier: Apache-2.0

extension RecordGenerator {
  /// Large kinds are drawn once in so many times.
  private static let largeOneIn = 50

  mutating func chooseBadKind() -> BadKind {
    while true {
      let kind = BadKind.allCases[random.below(BadKind.allCases.count)]
      if kind.needsInvocation && settings.invocationFraction == 0 { continue }
      if !kind.isLarge || random.below(Self.largeOneIn) == 0 { return kind }
    }
  }

  /// A complete plain record with exactly one thing wrong.
  mutating func makeBad(_ kind: BadKind) {
    stream = kind.needsInvocation ? .invocations : chooseStream()
    makeGood(format: .plain, isComplete: true)
    headers.removeAll()
    if !spoilField(kind) { spoilBytes(kind) }
  }

  /// Changes one value of the object; false if the kind is of another sort.
  private mutating func spoilField(_ kind: BadKind) -> Bool {
    switch kind {
    case .costNaN: replaceValue("cost", "NaN")
    case .costText: replaceValue("cost", "\"a lot\"")
    case .costNegative: replaceValue("cost", "\"-0.25\"")
    case .costDigits: replaceValue("cost", "\"0.0123456789012345678901234567890123456789\"")
    case .costOverflow: replaceValue("cost", "\"1234567890123\"")
    case .currencyMissing: replaceValue("currency", "null")
    case .currencyWord: replaceValue("currency", "\"dollars\"")
    case .timeInfinity: replaceValue("occurred_at", "\"infinity\"")
    case .timeFarFuture: replaceValue("occurred_at", "\"9999-12-31T23:59:59Z\"")
    case .timeInFuture: replaceValue("occurred_at", "\"2099-01-01T00:00:00Z\"")
    case .timeTooOld: replaceValue("occurred_at", "\"2019-12-31T23:59:59.999999Z\"")
    case .timeWithoutZone: replaceValue("occurred_at", "\"2026-08-21T09:15:02\"")
    case .timeLeapSecond: replaceValue("occurred_at", "\"2026-06-30T23:59:60Z\"")
    case .tenantMissing:
      replaceValue("tenant_id", "null")
      key = nil
    case .tenantTooLong:
      replaceValue("tenant_id", "\"" + String(repeating: "t", count: 129) + "\"")
      key = nil
    case .tenantNotKey: key = Array("someone-else".utf8)
    case .idNotUUID:
      replaceValue(stream == .invocations ? "invocation_id" : "event_id", "\"42\"")
    case .tokensAsText: replaceValue("output_tokens", "\"many\"")
    case .tokensNegative: replaceValue("output_tokens", "-1")
    case .cacheAboveInput: replaceValue("cache_read_input_tokens", "2000000000")
    case .statusUnknown: replaceValue("status", "\"maybe\"")
    case .escapedNUL: addStored("\"note\":\"a\\u0000b\"")
    case .loneSurrogate: addStored("\"note\":\"\\ud800\"")
    case .giantExponent: addStored("\"note\":1e131000")
    case .duplicateKey: addMember("\"tenant_id\":\"other\"")
    case .tooDeep:
      addStored(
        "\"note\":" + String(repeating: "[", count: 200) + String(repeating: "]", count: 200))
    case .longString: addStored("\"note\":\"" + String(repeating: "x", count: 262_145) + "\"")
    case .manyKeys: addStored((0...1_000).map { "\"k\($0)\":0" }.joined(separator: ","))
    case .metadataTooLarge:
      addStored("\"m\":\"" + String(repeating: "x", count: 16_400) + "\"")
    default: return false
    }
    return true
  }

  /// Changes the bytes around the object, or the headers.
  private mutating func spoilBytes(_ kind: BadKind) {
    let good = writer.bytes
    switch kind {
    case .notJSON: replaceAll(Array("level=info msg=\"not json\"".utf8))
    case .emptyPayload: replaceAll([])
    case .truncated: writer.truncate(to: good.count / 2)
    case .byteOrderMark: replaceAll([0xef, 0xbb, 0xbf] + good)
    case .twoDocuments: replaceAll(good + good)
    case .rawNUL: insertIntoString([0])
    case .invalidUTF8: insertIntoString([0xc3, 0x28])
    case .tombstone: isTombstone = true
    case .notAnObject: replaceAll([UInt8(ascii: "[")] + good + [UInt8(ascii: "]")])
    case .avroContentType: header("content-type", "application/avro")
    case .gzipEncoding: header("content-encoding", "gzip")
    case .avroFraming: replaceAll([0, 0, 0, 0, 7, 0x48, 0x0a, 0x61, 0x63, 0x6d, 0x65, 0x02])
    case .glueFraming: replaceAll([3, 0] + Array(repeating: 0xab, count: 16) + good)
    // The caller has handled these; which kind comes is ours to draw.
    default: preconditionFailure("\(kind) spoils a field")
    }
  }

  private mutating func replaceAll(_ bytes: [UInt8]) {
    writer.removeAll()
    writer.raw(bytes)
  }

  /// Puts bytes into the tenant's string.
  private mutating func insertIntoString(_ bytes: [UInt8]) {
    var spoiled = writer.bytes
    guard let start = spoiled.end(of: "\"tenant_id\":\"") else { return }
    spoiled.insert(contentsOf: bytes, at: start)
    replaceAll(spoiled)
  }

  private mutating func addMember(_ text: String) {
    var spoiled = writer.bytes
    spoiled.insert(contentsOf: Array((text + ",").utf8), at: 1)
    replaceAll(spoiled)
  }

  /// Adds a member to something that is stored: nobody minds what an unknown field holds.
  private mutating func addStored(_ text: String) {
    dropMember("metadata")
    addMember("\"metadata\":{\(text)}")
  }

  private mutating func replaceValue(_ name: String, _ value: String) {
    guard let range = valueRange(name) else { return }
    var spoiled = writer.bytes
    spoiled.replaceSubrange(range, with: Array(value.utf8))
    replaceAll(spoiled)
  }

  private mutating func dropMember(_ name: String) {
    guard valueRange(name) != nil else { return }
    // A misspelt key is an unknown field, which is ignored.
    var text = String(decoding: writer.bytes, as: UTF8.self)
    text.replace("\"\(name)\":", with: "\"\(name)_\":")
    replaceAll(Array(text.utf8))
  }

  /// The bytes of a member's value: a string without escapes, a number or a word.
  ///
  /// Our flat fields are nothing else.
  private func valueRange(_ name: String) -> Range<Int>? {
    let bytes = writer.bytes
    let marker = Array("\"\(name)\":".utf8)
    guard bytes.count > marker.count else { return nil }
    for start in 0..<(bytes.count - marker.count)
    where bytes[start..<start + marker.count].elementsEqual(marker) {
      let first = start + marker.count
      let isString = bytes[first] == UInt8(ascii: "\"")
      var end = first + 1
      while end < bytes.count, !Self.ends(bytes[end], isString: isString) { end += 1 }
      return first..<(isString ? end + 1 : end)
    }
    return nil
  }

  private static func ends(_ byte: UInt8, isString: Bool) -> Bool {
    isString ? byte == UInt8(ascii: "\"") : byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}")
  }
}
