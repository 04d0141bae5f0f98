// SPDX-License-Identifier: Apache-2.0
import JSON
import Testing

/// The tape as one line: kinds and texts of its tokens.
private func outline(_ json: String) throws -> String {
  let parser = JSONParser()
  defer { withExtendedLifetime(parser) {} }
  return try Array(json.utf8).withUnsafeBytes { bytes in
    let tape = try parser.parse(bytes)
    return (0..<tape.count).map { index in
      let token = tape[index]
      return "\(token.depth)\(token.kind)<\(String(decoding: token.bytes, as: UTF8.self))>"
    }.joined(separator: " ")
  }
}

private func failure(_ json: [UInt8]) -> JSONError? {
  do {
    let parser = JSONParser()
    _ = try json.withUnsafeBytes { try parser.parse($0) }
    return nil
  } catch {
    return error as? JSONError
  }
}

private func failure(_ json: String) -> JSONError? {
  failure(Array(json.utf8))
}

@Suite struct JSONParserTests {
  @Test func aTapeHasEveryTokenInDocumentOrder() throws {
    #expect(
      try outline(#" { "a" : [ 1 , true ] , "b":{ } }  "#)
        == #"0object<{ "a" : [ 1 , true ] , "b":{ } }> 1key<a> 1array<[ 1 , true ]> "#
        + "2number<1> 2true<true> 1key<b> 1object<{ }>")
    #expect(try outline("[]") == "0array<[]>")
    #expect(try outline("[[],[[]]]") == "0array<[[],[[]]]> 1array<[]> 1array<[[]]> 2array<[]>")
  }

  @Test func numbersKeepTheirSourceText() throws {
    for text in ["0", "-0", "1.10", "1e5", "1E-5", "123456789012345678901234567890", "-0.0e+1"] {
      #expect(try outline("[\(text)]") == "0array<[\(text)]> 1number<\(text)>")
    }
  }

  @Test func stringsAreDecoded() throws {
    let cases = [
      #"a\"b\\c\/d"#: "a\"b\\c/d", #"\b\f\n\r\t"#: "\u{8}\u{c}\n\r\t", #"\u00e9\u20AC"#: "é€",
      #"\ud83d\ude00!"#: "😀!", "": "", "é€😀": "é€😀", #"\\"#: "\\", #"\u0001"#: "\u{1}",
    ]
    for (source, text) in cases {
      #expect(try outline("[\"\(source)\"]") == "0array<[\"\(source)\"]> 1string<\(text)>")
      #expect(try outline("{\"\(source)\":0}").contains("1key<\(text)> 1number<0>"))
    }
  }

  @Test func aLoneScalarIsADocument() throws {
    let cases = [
      "1": "number<1>", "\"a\"": "string<a>", "null": "null<null>", "true": "true<true>",
    ]
    for (json, token) in cases {
      #expect(try outline(json) == "0" + token)
      #expect(try outline(" \(json)\n") == "0" + token)
      #expect(failure(json + " 1") == .trailingContent, "\(json)")
    }
  }

  @Test func nextSkipsASubtree() throws {
    let parser = JSONParser()
    defer { withExtendedLifetime(parser) {} }
    try Array(#"{"a":[1,[2]],"b":3}"#.utf8).withUnsafeBytes { bytes in
      let tape = try parser.parse(bytes)
      #expect(tape[0].next == tape.count)
      #expect(tape[1].next == 6)
      #expect(tape[2].next == 6)
      #expect(
        tape[6].hash
          == "b".utf8.withContiguousStorageIfAvailable { key in
            parser.hash(of: UnsafeRawBufferPointer(key))
          })
    }
  }

  @Test(arguments: [
    ("", JSONError.emptyPayload), (" \t\r\n", .emptyPayload), ("\u{feff}{}", .byteOrderMark),
    ("{", .notJSON), ("}", .notJSON), ("{\"a\"}", .notJSON), ("{\"a\":}", .notJSON),
    ("{\"a\":1,}", .notJSON), ("{a:1}", .notJSON), ("[1,]", .notJSON), ("[1 2]", .notJSON),
    ("[1", .notJSON), ("[\"a", .notJSON), ("{\"a\":1", .notJSON), ("[1}", .notJSON),
    ("{\"a\":1]", .notJSON), ("tru", .notJSON), ("[nul]", .notJSON), ("[truee]", .notJSON),
    ("['a']", .notJSON), ("[\"a\" \"b\"]", .notJSON), ("[\"a\"b]", .notJSON),
    ("[\"a\":1]", .notJSON), ("{\"a\":[1,\"b\":2}]}", .notJSON), ("{\"a\":\"b\":1}", .notJSON),
    ("[1:2]", .notJSON), ("{\"a\":1:2}", .notJSON), ("[true:1]", .notJSON), ("[null:1]", .notJSON),
    ("{\"a\" 1}", .notJSON), ("{\"a\"::1}", .notJSON), ("{1:2}", .notJSON), ("//x", .notJSON),
    ("[\"\t\"]", .notJSON), ("[\"\\x\"]", .notJSON), ("[\"\\u12g4\"]", .notJSON),
    ("[NaN]", .notJSON), ("[Infinity]", .notJSON), ("[01]", .notJSON), ("[1.]", .notJSON),
    ("[.5]", .notJSON), ("[+1]", .notJSON), ("[-]", .notJSON), ("[1e]", .notJSON),
    ("[1e+]", .notJSON), ("[0x10]", .notJSON), ("[1.2.3]", .notJSON), ("[--1]", .notJSON),
    ("{}{}", .trailingContent), ("{} x", .trailingContent), ("[1] 2", .trailingContent),
    ("{}]", .trailingContent), ("{},", .trailingContent),
    ("{}\0", .nulCharacter), ("[\"\\u0000\"]", .nulCharacter), ("{\"\\u0000\":1}", .nulCharacter),
    ("[\"\\ud83d\"]", .loneSurrogate), ("[\"\\ude00\"]", .loneSurrogate),
    ("[\"\\ud83dx\"]", .loneSurrogate), ("[\"\\ud83d\\u0041\"]", .loneSurrogate),
    ("{\"\\udfff\":1}", .loneSurrogate), ("[\"\\ud83d\\ud83d\"]", .loneSurrogate),
    ("{\"a\":1,\"a\":1}", .duplicateKey), ("{\"a\":1,\"\\u0061\":2}", .duplicateKey),
    ("[{\"x\":{\"a\":1,\"b\":2,\"a\":3}}]", .duplicateKey), ("{\"\":1,\"\":2}", .duplicateKey),
  ])
  func badDocumentsAreRefused(json: String, error: JSONError) {
    #expect(failure(json) == error)
  }

  @Test func theSameKeyInDifferentObjectsIsNoDuplicate() {
    #expect(failure(#"{"a":{"a":{"a":1}},"b":[{"a":1},{"a":1}]}"#) == nil)
  }

  @Test(
    arguments: [
      [0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82], [0x80],
    ] as [[UInt8]])
  func badUTF8IsRefused(bytes: [UInt8]) {
    #expect(failure(Array("[\"".utf8) + bytes + Array("\"]".utf8)) == .invalidUTF8)
    #expect(failure(Array("{\"".utf8) + bytes + Array("\":1}".utf8)) == .invalidUTF8)
    #expect(!bytes.withUnsafeBytes { JSONParser.isUTF8($0) })
  }
}
