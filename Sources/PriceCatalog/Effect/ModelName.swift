// SPDX-License-Identifier: Apache-2.0
import Pricing

/// The family and the version that a model's name tells, whatever stands around them:
/// `us.anthropic.claude-haiku-4-5-20251001-v1:0` is of the family claude haiku, version 4.5.
package struct ModelName: Hashable, Sendable {
  /// Longer numbers are days and builds.
  private static let versionDigitsMax = 3

  /// Words and sizes, sorted: vendors put them in different orders.
  package let family: [String]
  package let version: [Int]

  package init(_ name: String) {
    var words: [String] = []
    var version: [Int] = []
    for token in Self.bare(name.lowercased()).split(whereSeparator: { !$0.isLetter && !$0.isNumber }
    ) {
      if Self.isSize(token) {
        words.append(String(token))
        continue
      }
      for run in Self.runs(token) {
        if run.first?.isNumber != true {
          if run != "latest" { words.append(String(run)) }
        } else if run.count <= Self.versionDigitsMax, let number = Int(run) {
          version.append(number)
        }
      }
    }
    family = words.sorted()
    self.version = version
  }

  /// How far apart two versions of one family are; nil for another family or another first number.
  package func distance(to other: ModelName) -> Int? {
    guard family == other.family, !family.isEmpty else { return nil }
    if version == other.version { return 0 }
    guard let major = version.first, major == other.version.first else { return nil }
    func rank(_ version: [Int]) -> Int {
      (1...2).reduce(0) { $0 * 1000 + (version.count > $1 ? version[$1] : 0) }
    }
    // An older version is nearer than a newer one that is as far.
    let difference = rank(other.version) - rank(version)
    return 1 + 2 * abs(difference) + (difference > 0 ? 1 : 0)
  }

  /// Without path, vendors, day and revision.
  private static func bare(_ name: String) -> Substring {
    var rest = Substring(name)
    if let slash = rest.lastIndex(of: "/") { rest = rest[rest.index(after: slash)...] }
    while let dot = rest.firstIndex(of: "."), dot != rest.startIndex,
      rest[rest.index(before: dot)].isLetter,
      rest[rest.index(after: dot)...].first?.isLetter == true
    {
      rest = rest[rest.index(after: dot)...]
    }
    for tail in [/-v[0-9]+(?::[0-9]+)?$/, /[-@][0-9]{4}-[0-9]{2}-[0-9]{2}$/] {
      if let found = rest.firstMatch(of: tail) { rest = rest[..<found.range.lowerBound] }
    }
    return rest
  }

  /// `70b`, `8x7b`.
  private static func isSize(_ token: Substring) -> Bool {
    token.wholeMatch(of: /[0-9]+(?:x[0-9]+)?b/) != nil
  }

  /// `gpt4o` as `gpt`, `4`, `o`.
  private static func runs(_ token: Substring) -> [Substring] {
    var runs: [Substring] = []
    var start = token.startIndex
    for index in token.indices where index != start {
      guard token[index].isNumber != token[token.index(before: index)].isNumber else { continue }
      runs.append(token[start..<index])
      start = index
    }
    runs.append(token[start...])
    return runs
  }
}
