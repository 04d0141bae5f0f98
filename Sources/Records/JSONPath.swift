// SPDX-License-Identifier: Apache-2.0
import JSON
import Text

/// What leads to one byte of a document, which may be damaged: `metadata.a[3].b`.
package struct JSONPath {
  /// Characters; of a longer path the beginning is shown.
  package static let charactersMax = 160
  private static let levelsMax = JSONLimits.depthMax

  private enum Level {
    /// The bytes of the key whose value comes next, or is there.
    case object(key: Range<Int>?)
    case array(index: Int)
  }

  private let bytes: UnsafeRawBufferPointer
  private var levels: [Level] = []
  /// Levels beyond those that are kept.
  private var depthBeyond = 0

  /// Nil when no key and no index leads there.
  package static func text(to offset: Int, in bytes: UnsafeRawBufferPointer) -> String? {
    var path = JSONPath(bytes)
    path.walk(to: min(offset, bytes.count))
    return path.text
  }

  private init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
  }

  private mutating func walk(to offset: Int) {
    var index = 0
    while index < offset {
      switch bytes[index] {
      case UInt8(ascii: "{"): open(.object(key: nil))
      case UInt8(ascii: "["): open(.array(index: 0))
      case UInt8(ascii: "}"), UInt8(ascii: "]"): close()
      case UInt8(ascii: ","): next()
      case UInt8(ascii: "\""):
        let end = endOfText(from: index + 1)
        note(index + 1..<end)
        index = end
      default: break
      }
      index += 1
    }
  }

  private mutating func open(_ level: Level) {
    if levels.count < Self.levelsMax { levels.append(level) } else { depthBeyond += 1 }
  }

  private mutating func close() {
    if depthBeyond > 0 { depthBeyond -= 1 } else { _ = levels.popLast() }
  }

  private mutating func next() {
    guard depthBeyond == 0, let last = levels.popLast() else { return }
    switch last {
    case .object: levels.append(.object(key: nil))
    case .array(let index): levels.append(.array(index: index + 1))
    }
  }

  /// A text where an object has none yet is a key.
  private mutating func note(_ text: Range<Int>) {
    guard depthBeyond == 0, case .object(nil) = levels.last else { return }
    levels[levels.count - 1] = .object(key: text)
  }

  /// The index of the closing quote, or of the end.
  private func endOfText(from start: Int) -> Int {
    var index = start
    while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
      index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
    }
    return min(index, bytes.count)
  }

  private var text: String? {
    var text = ""
    for level in levels where text.utf8.count <= Self.charactersMax {
      switch level {
      case .object(nil): continue
      case .object(let key?):
        let name = NameText.of(bytes[key].prefix(Self.charactersMax))
        text += text.isEmpty ? name : "." + name
      case .array(let index): text += "[\(index)]"
      }
    }
    if text.isEmpty { return nil }
    return text.utf8.count > Self.charactersMax
      ? String(text.prefix(Self.charactersMax)) + "..." : text
  }
}
