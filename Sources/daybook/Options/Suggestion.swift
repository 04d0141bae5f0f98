// SPDX-License-Identifier: Apache-2.0

/// "Did you mean …?" for names that a person has typed.
package enum Suggestion {
  private static let fewMax = 3

  /// The nearest of `known`, if it is near enough to be a slip; deterministic for equal distances.
  package static func nearest(to given: String, among known: [String]) -> String? {
    ranked(given, known).first
  }

  /// The nearest ones, best first.
  package static func nearestFew(to given: String, among known: [String]) -> [String] {
    Array(ranked(given, known).prefix(fewMax))
  }

  private static func ranked(_ given: String, _ known: [String]) -> [String] {
    let limit = max(1, given.count / 3)
    return known.map { ($0, distance(given, $0)) }.filter { $0.1 <= limit }
      .sorted { ($0.1, $0.0) < ($1.1, $1.0) }.map(\.0)
  }

  /// ` (did you mean X?)`, or nothing.
  package static func hint(for given: String, among known: [String]) -> String {
    nearest(to: given, among: known).map { " (did you mean \($0)?)" } ?? ""
  }

  /// Levenshtein distance, with the swap of two neighbours as one edit.
  static func distance(_ left: String, _ right: String) -> Int {
    let left = Array(left.lowercased())
    let right = Array(right.lowercased())
    var beforeLast = [Int](repeating: 0, count: right.count + 1)
    var last = Array(0...right.count)
    for row in 0..<left.count {
      var current = [row + 1]
      for column in 0..<right.count {
        let replaced = last[column] + (left[row] == right[column] ? 0 : 1)
        var best = min(replaced, last[column + 1] + 1, current[column] + 1)
        let isSwap =
          row > 0 && column > 0 && left[row] == right[column - 1] && left[row - 1] == right[column]
        if isSwap { best = min(best, beforeLast[column - 1] + 1) }
        current.append(best)
      }
      beforeLast = last
      last = current
    }
    return last[right.count]
  }
}
