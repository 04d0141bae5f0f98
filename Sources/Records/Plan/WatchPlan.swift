// SPDX-License-Identifier: Apache-2.0

/// What a stream watches, in the form that the decoder runs.
struct WatchPlan: BitwiseCopyable {
  /// In lower case.
  let words: UnsafeBufferPointer<UnsafeRawBufferPointer>
  let isDeep: Bool
  let total: UnsafeBufferPointer<Int>
  let doubt: ColumnPlan.Fill?

  /// Whether a key of this scope is one to tell of.
  func matches(_ key: UnsafeRawBufferPointer, in scope: Int) -> Bool {
    (isDeep || scope == KeyTable.recordScope) && matches(key)
  }

  /// Whether a name, wherever it stands, is one to tell of.
  func matches(_ key: UnsafeRawBufferPointer) -> Bool {
    for word in words where contains(key, word) { return true }
    return false
  }

  private func contains(_ key: UnsafeRawBufferPointer, _ word: UnsafeRawBufferPointer) -> Bool {
    guard key.count >= word.count else { return false }
    for start in 0...key.count - word.count {
      var at = 0
      while at < word.count, lowerCased(key[start + at]) == word[at] { at += 1 }
      if at == word.count { return true }
    }
    return false
  }
}
