// SPDX-License-Identifier: Apache-2.0
import JSON

/// What a stream watches, in the form that the decoder runs.
struct WatchPlan: BitwiseCopyable {
  let words: WatchedWords
  /// The same, and those that count in records of the contract only.
  let ownWords: WatchedWords
  /// Those of them that do not name what went wrong.
  let neutralWords: WatchedWords
  /// Those that do.
  let failureWords: WatchedWords
  let remarks: UnsafeBufferPointer<UnsafeRawBufferPointer>
  let identityWords: WatchedWords
  let isDeep: Bool
  /// By scope.
  let looks: UnsafeBufferPointer<Look>
  let total: UnsafeBufferPointer<Int>
  let doubt: ColumnPlan.Fill?

  /// Which unknown keys of an object are told.
  enum Look: BitwiseCopyable {
    case nothing, withWords
    /// What leads to the object has a word: it stands for each of its keys, as in a key with dots.
    case all
  }

  /// Whether a key of this scope is one to tell of.
  func matches(_ key: UnsafeRawBufferPointer, in scope: Int) -> Bool {
    switch looks[scope] {
    case .nothing: false
    case .withWords: ownWords.isOne(in: key)
    case .all: true
    }
  }

  /// Whether the value of such a key, which was skipped, says anything: of many failures a producer
  /// always writes that there were none.
  func isSaid(_ value: JSONToken, by key: UnsafeRawBufferPointer) -> Bool {
    guard doubt != nil else { return true }
    switch value.kind {
    case .null: return false
    case .false: return neutralWords.isOne(in: key)
    case .number: return FieldReader.wholeNumber(value) != 0 || neutralWords.isOne(in: key)
    // With its quotes.
    case .string: return value.bytes.count > 2
    case .object, .array: return value.holdsAnything
    case .true, .key: return true
    }
  }

  /// Whether such a key may name another outcome than the one that a signal says, and not only tell
  /// more of it.
  func mayContradict(_ key: UnsafeRawBufferPointer) -> Bool {
    for remark in remarks where WatchedWords.isLast(remark, in: key) {
      return failureWords.isOne(in: key)
    }
    return true
  }
}

extension JSONToken {
  /// Of a container that was skipped: only its text is there.
  var holdsAnything: Bool { bytes.dropFirst().dropLast().contains { $0 > 0x20 } }
}

/// Words that are looked for in names, in either case and whatever separates their parts.
struct WatchedWords: BitwiseCopyable {
  private let words: UnsafeBufferPointer<UnsafeRawBufferPointer>
  /// A bit for each letter that a word begins with: hardly a place of a name is looked at twice.
  private let firstLetters: UInt32

  /// In lower case, of letters.
  init(_ words: UnsafeBufferPointer<UnsafeRawBufferPointer>) {
    self.words = words
    firstLetters = words.reduce(0) { $0 | Self.bit(of: $1.first ?? 0) }
  }

  func isOne(in name: UnsafeRawBufferPointer) -> Bool {
    for start in name.indices where firstLetters & Self.bit(of: lowerCased(name[start])) != 0 {
      for word in words where isWord(word, in: name, from: start) { return true }
    }
    return false
  }

  private func isWord(
    _ word: UnsafeRawBufferPointer, in name: UnsafeRawBufferPointer, from start: Int
  ) -> Bool {
    var at = start
    for letter in word {
      while at > start, at < name.count, Self.isSeparator(name[at]) { at += 1 }
      guard at < name.count, lowerCased(name[at]) == letter else { return false }
      at += 1
    }
    return true
  }

  /// Whether a name of several words ends with this one: `status_text`, `statusText`.
  static func isLast(_ word: UnsafeRawBufferPointer, in name: UnsafeRawBufferPointer) -> Bool {
    let start = name.count - word.count
    guard start > 0,
      equalsWithoutCase(UnsafeRawBufferPointer(rebasing: name[start...]), word)
    else { return false }
    return isSeparator(name[start - 1])
      || isCapital(name[start]) && !isCapital(name[start - 1])
  }

  private static func isCapital(_ byte: UInt8) -> Bool {
    byte &- UInt8(ascii: "A") < 26
  }

  private static func isSeparator(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
  }

  /// 0 for what is no lower-case letter.
  private static func bit(of byte: UInt8) -> UInt32 {
    let letter = byte &- UInt8(ascii: "a")
    return letter < 26 ? 1 << UInt32(letter) : 0
  }
}
