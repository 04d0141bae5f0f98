// SPDX-License-Identifier: Apache-2.0
import Foundation
import Records
import Testing

/// One document a line: what is wrong in one says nothing of the others.
@Suite struct LinesTests {
  private func results(_ lines: [[UInt8]]) throws -> [ItemResult] {
    let profile = try #require(try ProfileSamplesTests.shelf?.profile("kong"))
    let decoder = RecordDecoder(stream: profile.stream, profile: profile)
    return ItemResult.all(of: Sample(Array(lines.joined(separator: [UInt8(ascii: "\n")]))), decoder)
  }

  private static let wrong: [(String, [UInt8])] = [
    ("not_json", Array("{\"a\":}".utf8)),
    ("invalid_utf8", Array("{\"a\":\"".utf8) + [0xff] + Array("\"}".utf8)),
    ("byte_order_mark", [0xef, 0xbb, 0xbf] + Array("{}".utf8)),
    (
      "too_deep",
      Array(
        (String(repeating: "{\"a\":", count: 300) + "1" + String(repeating: "}", count: 300)).utf8)
    ),
    ("not_object", Array("[1]".utf8)),
  ]

  @Test func aLineThatIsWrongIsRefusedAlone() throws {
    let right = try #require(ProfileSamplesTests.records("kong").first)
    let row = try #require(try results([right]).first)
    for (reason, line) in Self.wrong {
      for place in 0...2 {
        var lines = [right, right]
        lines.insert(line, at: place)
        let found = try results(lines)
        guard found.count == 3, case .refused(reason, _) = found[place] else {
          Issue.record("\(reason) at \(place): \(found)")
          continue
        }
        #expect(found.filter { $0 == row }.count == 2, "\(reason) at \(place): \(found)")
      }
    }
  }

  /// A document over several lines is one item, whatever is wrong in it.
  @Test func aDocumentOfLinesIsRefusedOnce() throws {
    let text = Array("{\n  \"a\": {\"b\": 1},\n  \"c\": \"".utf8) + [0xff] + Array("\"\n}\n".utf8)
    let found = try results([text])
    guard found.count == 1, case .refused = found[0] else {
      Issue.record("\(found)")
      return
    }
  }
}
