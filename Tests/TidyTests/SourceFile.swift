// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A text file of the tree, or one that a test plants.
struct SourceFile: Sendable {
  /// From the root of the tree.
  let path: String
  let lines: [String]
  /// Swift: the lines without comments, with empty string literals. Else the lines.
  let code: [String]
  private let text: String

  init(_ path: String, _ text: String) {
    self.path = path
    lines = text.components(separatedBy: "\n")
    code = path.hasSuffix(".swift") ? SwiftCode.lines(of: text) : lines
    self.text = text
  }

  /// Whether the text has it anywhere: spares most files a look at their lines.
  func mentions(_ word: String) -> Bool {
    strstr(text, word) != nil
  }

  /// `Ingest` for `Sources/Ingest/Write/WriteBatch.swift`.
  var module: String? {
    let parts = path.split(separator: "/")
    return parts.count > 2 && ["Sources", "Tests"].contains(parts[0]) ? String(parts[1]) : nil
  }

  func finding(line index: Int, _ message: String) -> Finding {
    Finding(path: path, line: index + 1, message: message)
  }
}

/// What is wrong, where, and what to do instead.
struct Finding: CustomStringConvertible, Sendable {
  let path: String
  let line: Int
  let message: String

  var description: String { "\(path):\(line): \(message)" }
}
