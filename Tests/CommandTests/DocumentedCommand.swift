// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// A `daybook` command line as it stands in a document, split as a shell would split it, with its
/// placeholders filled in.
struct DocumentedCommand: CustomTestStringConvertible, Sendable {
  let document: String
  let text: String
  /// It stands within a sentence: operands may be left out there.
  let isInline: Bool

  var testDescription: String { "\(document): \(text)" }

  /// What stands for a value of some kind.
  static let placeholders = [
    "P": "0", "N": "0", "T": "2026-08-01T00:00:00Z", "TIME": "2026-08-01T00:00:00Z",
    "YYYY-MM": "2026-08", "TABLE": "invocations", "ID": "1",
  ]

  static let all: [DocumentedCommand] = DocumentTests.documents.flatMap { document in
    let file = DocumentTests.root.appending(path: document)
    let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    return lines(text).map { DocumentedCommand(document: document, text: $0, isInline: false) }
      + text.matches(of: /`(daybook [^`]+)`/).map {
        DocumentedCommand(
          document: document, text: String($0.1).replacing("\n", with: " "), isInline: true)
      }
  }

  /// Lines of blocks that begin with the command, after a prompt or not.
  private static func lines(_ text: String) -> [String] {
    let joined = text.replacing(/\\\n\s*/, with: " ")
    return joined.split(separator: "\n").compactMap { line in
      line.firstMatch(of: /^(?:    +|\$ |)(?:\$ )?(daybook [^:].*)$/).map { String($0.1) }
    }
  }

  /// The arguments after the program's name.
  var arguments: [String] {
    var words: [String] = []
    var word: String?
    var quote: Character?
    scan: for character in text.dropFirst("daybook ".count) {
      switch (character, quote) {
      case (let end, let open?) where end == open: quote = nil
      case (_, .some): word?.append(character)
      case ("'", _), ("\"", _):
        quote = character
        word = word ?? ""
      case (" ", _):
        if let word { words.append(word) }
        word = nil
      case ("#", _) where word == nil, (";", _), (">", _), ("|", _): break scan
      default: word = (word ?? "") + String(character)
      }
    }
    if let word { words.append(word) }
    return words.filter { $0 != "…" }.map { Self.placeholders[$0] ?? $0 }
  }
}
