// SPDX-License-Identifier: Apache-2.0

/// Damages records for tests: what hardware, half-written producers and attackers do to bytes.
package struct Damage: Sendable {
  /// From which a damaged record may continue, too.
  private let others: [[UInt8]]

  package init(others: [[UInt8]]) { self.others = others }

  /// One to four changes.
  package func apply(
    to bytes: inout [UInt8], using random: inout some RandomNumberGenerator
  ) {
    for _ in 0...Int.random(in: 0...3, using: &random) { change(&bytes, &random) }
  }

  private func change(_ bytes: inout [UInt8], _ random: inout some RandomNumberGenerator) {
    guard !bytes.isEmpty else { return }
    let index = Int.random(in: 0..<bytes.count, using: &random)
    switch Int.random(in: 0..<8, using: &random) {
    case 0: bytes[index] = UInt8(truncatingIfNeeded: random.next())
    case 1: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case 2: bytes.remove(at: index)
    case 3: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: index)
    case 4: bytes.removeLast(bytes.count - index)
    case 5:
      let end = min(bytes.count, index + Int.random(in: 1...64, using: &random))
      bytes.insert(contentsOf: bytes[index..<end], at: index)
    case 6:
      let other = others.randomElement(using: &random) ?? []
      bytes.replaceSubrange(index..., with: other.dropFirst(min(index, other.count)))
    default:
      bytes.insert(contentsOf: Self.words.randomElement(using: &random) ?? [], at: index)
    }
  }

  private static let words = [
    "null", "-1", "1e999", "\"\\u0000\"", "\"\\ud800\"", "[]", "{}", "99999999999999999999",
    "\"\"", "[[[[[[[[[[", "true", "\u{1}",
  ].map { Array($0.utf8) }
}
