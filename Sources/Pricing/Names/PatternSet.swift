// SPDX-License-Identifier: Apache-2.0

/// Patterns in which `*` stands for any characters, matched in time linear in name and pattern: the
/// pieces between the stars are sought one after the other, each by Knuth, Morris and Pratt.
///
/// Flat arrays, so that a look-up touches no reference but these.
struct PatternSet: Sendable {
  private struct Piece: BitwiseCopyable {
    let offset, length: Int
  }

  private struct Pattern: BitwiseCopyable {
    let provider: Int32
    let number: Int32
    let firstPiece, pieceCount: Int
    /// Of all pieces together.
    let length: Int
  }

  private var bytes: [UInt8] = []
  /// Beside each byte of a piece: how long the longest proper border up to it is.
  private var borders: [Int] = []
  private var pieces: [Piece] = []
  private var patterns: [Pattern] = []

  /// In the order in which they are to be tried.
  init(_ list: [(provider: Int32, pattern: String, number: Int32)]) {
    for entry in list {
      let texts = Array(entry.pattern.utf8).split(
        separator: UInt8(ascii: "*"), omittingEmptySubsequences: false)
      patterns.append(
        Pattern(
          provider: entry.provider, number: entry.number, firstPiece: pieces.count,
          pieceCount: texts.count, length: texts.reduce(0) { $0 + $1.count }))
      for text in texts {
        pieces.append(Piece(offset: bytes.count, length: text.count))
        borders += Self.borders(Array(text))
        bytes += text
      }
    }
  }

  /// The number of the first pattern for `provider`, or for any, that matches; negative: none does.
  func firstMatch(_ name: UnsafeRawBufferPointer, provider: Int32) -> Int32 {
    for pattern in patterns {
      guard pattern.provider == provider || pattern.provider == PriceBook.anyProvider,
        name.count >= pattern.length
      else { continue }
      if matches(pattern, name) { return pattern.number }
    }
    return -1
  }

  private func matches(_ pattern: Pattern, _ name: UnsafeRawBufferPointer) -> Bool {
    let first = pieces[pattern.firstPiece]
    let lastIndex = pattern.firstPiece + pattern.pieceCount - 1
    let last = pieces[lastIndex]
    guard isEqual(first, name, 0) else { return false }
    if pattern.pieceCount == 1 { return name.count == first.length }
    let end = name.count - last.length
    guard isEqual(last, name, end) else { return false }
    var position = first.length
    for index in pattern.firstPiece + 1..<lastIndex {
      guard let behind = find(pieces[index], name, position, end) else { return false }
      position = behind
    }
    return position <= end
  }

  private func isEqual(_ piece: Piece, _ name: UnsafeRawBufferPointer, _ start: Int) -> Bool {
    for index in 0..<piece.length where name[start + index] != bytes[piece.offset + index] {
      return false
    }
    return true
  }

  /// Where the first occurrence in `start..<end` ends.
  private func find(
    _ piece: Piece, _ name: UnsafeRawBufferPointer, _ start: Int, _ end: Int
  ) -> Int? {
    var matched = 0
    var index = start
    while matched < piece.length {
      guard index < end else { return nil }
      while matched > 0, name[index] != bytes[piece.offset + matched] {
        matched = borders[piece.offset + matched - 1]
      }
      if name[index] == bytes[piece.offset + matched] { matched += 1 }
      index += 1
    }
    return index
  }

  private static func borders(_ text: [UInt8]) -> [Int] {
    var borders = [Int](repeating: 0, count: text.count)
    var length = 0
    for index in text.indices.dropFirst() {
      while length > 0, text[index] != text[length] { length = borders[length - 1] }
      if text[index] == text[length] { length += 1 }
      borders[index] = length
    }
    return borders
  }
}
