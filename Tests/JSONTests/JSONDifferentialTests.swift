// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import Testing

/// Damaged documents, judged by Foundation's parser, too.
@Suite struct JSONDifferentialTests {
  private static let documents = [
    #"{"a":[1,2,{"b":"\u00e9\ud83d\ude00"}],"c":-1.5e+10,"d":[true,false,null,"",[],{}]}"#,
    #"{"id":"x","n":{"o":{"p":[[["q"]],"r"]}},"s":"\\\"\/\n","t":0}"#,
    #"[{"k":"v"},{"k":["v",-0.5]},"é€😀",1e5]"#,
  ].map { Array($0.utf8) }
  private static let pieces = [
    "{", "}", "[", "]", "\"", ",", ":", "\\", "u", "0", "-", ".", "e", " ", "t", "null", "\"a\"",
    "{}", ",1", "é",
  ].map { Array($0.utf8) }

  /// What is accepted here is JSON elsewhere: PostgreSQL must never be the first to notice.
  @Test func whatIsAcceptedIsJSON() {
    let seed = UInt64.random(in: .min ... .max)
    print("seed of the damaged documents: \(seed)")
    var state = seed
    /// Knuth's MMIX generator; the upper bits are the random ones.
    func random(below bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    let parser = JSONParser()
    var accepted = 0
    for _ in 0..<20_000 {
      var document = Self.documents[random(below: Self.documents.count)]
      for _ in 0...random(below: 3) {
        let index = random(below: document.count)
        let piece = Self.pieces[random(below: Self.pieces.count)]
        switch random(below: 3) {
        case 0: document.replaceSubrange(index...index, with: piece)
        case 1: document.insert(contentsOf: piece, at: index)
        default: document.removeSubrange(index..<min(index + 3, document.count))
        }
      }
      guard (try? document.withUnsafeBytes({ try parser.parse($0) })) != nil else { continue }
      accepted += 1
      let judged = try? JSONSerialization.jsonObject(
        with: Data(document), options: .fragmentsAllowed)
      #expect(judged != nil, "\(String(decoding: document, as: UTF8.self))")
    }
    #expect(accepted > 1000)
  }
}
