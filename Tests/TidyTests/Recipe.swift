// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// A change that CONTRIBUTING.md describes: lines that are there, and lines that are new.
struct Recipe: Sendable, CustomTestStringConvertible {
  /// The last word of its heading.
  let name: String
  let changes: [Change]

  struct Change: Sendable {
    let path: String
    /// Stretches of lines, each with its mark: " ", "-" or "+".
    let hunks: [[Substring]]
  }

  var testDescription: String { name }

  static let all = recipes(in: Tree.here["CONTRIBUTING.md"]?.lines ?? [])

  /// The blocks between ```diff and ``` under each heading of the third level.
  static func recipes(in lines: [String]) -> [Recipe] {
    let starts = lines.indices.filter { lines[$0].hasPrefix("## ") || lines[$0].hasPrefix("### ") }
    return zip(starts, starts.dropFirst() + [lines.endIndex]).compactMap { recipe(lines[$0..<$1]) }
  }

  private static func recipe(_ section: ArraySlice<String>) -> Recipe? {
    let changes = section.indices.filter { section[$0] == "```diff" }.map { start in
      let block = section[(start + 1)...].prefix { $0 != "```" }
      let hunks = block.dropFirst().split(separator: "@@").map { $0.map { $0[...] } }
      let path = (block.first ?? "").trimmingPrefix("+++ ")
      return Change(path: String(path), hunks: hunks)
    }
    guard let heading = section.first, !changes.isEmpty else { return nil }
    return Recipe(name: heading.split(separator: " ").last.map(String.init) ?? "", changes: changes)
  }

  /// The files that it changes, as they are afterwards.
  func carriedOut(on tree: Tree) throws -> [SourceFile] {
    try changes.map { change in
      var lines = tree[change.path]?.lines ?? [""]
      for hunk in change.hunks {
        let old = hunk.filter { $0.first != "+" }.map { String($0.dropFirst()) }
        let new = hunk.filter { $0.first != "-" }.map { String($0.dropFirst()) }
        let places = lines.indices.filter { lines[$0...].starts(with: old) }
        let place = try #require(
          old.isEmpty || places.count == 1 ? places.first : nil,
          "\(change.path) has these lines \(places.count) times: \(old)")
        lines.replaceSubrange(place..<(place + old.count), with: new)
      }
      return SourceFile(change.path, lines.joined(separator: "\n"))
    }
  }
}
