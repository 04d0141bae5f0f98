// SPDX-License-Identifier: Apache-2.0
import JSON

/// A tape that is put together token by token, with what each was made of.
final class TapeBuilder {
  private var tokens: UnsafeMutablePointer<JSONToken>
  private var origins: UnsafeMutablePointer<Int32>
  private var capacity = 512
  private(set) var count = 0
  /// Containers that are open, around the next token.
  private(set) var depth = 0

  static var nothing: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: nil, count: 0) }

  init() {
    tokens = .allocate(capacity: capacity)
    origins = .allocate(capacity: capacity)
  }

  deinit {
    tokens.deallocate()
    origins.deallocate()
  }

  /// Borrowed until the next token is added.
  var tape: JSONTape { JSONTape(tokens: UnsafePointer(tokens), count: count) }

  func removeAll() {
    (count, depth) = (0, 0)
  }

  /// Takes back what was added since there were so many tokens, at that depth.
  func cut(to count: Int, depth: Int) {
    (self.count, self.depth) = (count, depth)
  }

  /// What the token was made of, as its source knows it; -1 when of nothing.
  func origin(of index: Int) -> Int {
    index >= 0 && index < count ? Int(origins[index]) : -1
  }

  subscript(index: Int) -> JSONToken {
    precondition(index >= 0 && index < count, "a token index lies on the tape")
    return tokens[index]
  }

  @inline(__always)
  func add(_ token: JSONToken, origin: Int) {
    if count == capacity { grow() }
    tokens[count] = token.moved(depth: depth, next: count + 1)
    origins[count] = Int32(truncatingIfNeeded: origin)
    count += 1
  }

  /// Begins an object or array; returns its index for ``end(_:text:)``.
  func begin(_ kind: JSONKind, origin: Int) -> Int {
    add(JSONToken(kind, Self.nothing), origin: origin)
    depth += 1
    return count - 1
  }

  /// Ends the container that was begun last; `text` is it as JSON, where somebody will want that.
  func end(_ index: Int, text: UnsafeRawBufferPointer = nothing) {
    depth -= 1
    tokens[index] = JSONToken(tokens[index].kind, text, depth: depth, next: count)
  }

  /// Gives a container the text that its source does not have.
  func replaceText(of index: Int, with text: UnsafeRawBufferPointer) {
    let token = tokens[index]
    tokens[index] = JSONToken(token.kind, text, depth: token.depth, next: token.next)
  }

  /// Ends the value of a key.
  @inline(__always)
  func endKey(_ index: Int) { tokens[index].setNext(count) }

  /// Copies a value with everything below it.
  func copy(_ index: Int, of tape: JSONTape) {
    let root = tape[index]
    let (shift, base) = (count - index, depth)
    for inner in index..<root.next {
      let token = tape[inner]
      if count == capacity { grow() }
      tokens[count] = token.moved(
        depth: base + token.depth - root.depth, next: token.next + shift)
      origins[count] = Int32(truncatingIfNeeded: inner)
      count += 1
    }
  }

  /// Gives the keys from there on the hashes that their source does not have.
  func hashKeys(from start: Int, with parser: JSONParser) {
    for index in start..<count where tokens[index].kind == .key {
      let key = tokens[index]
      tokens[index] = JSONToken(
        .key, key.bytes, depth: key.depth, next: key.next, hash: parser.hash(of: key.bytes),
        name: key.name)
    }
  }

  private func grow() {
    let (more, moreOrigins) = (
      UnsafeMutablePointer<JSONToken>.allocate(capacity: 2 * capacity),
      UnsafeMutablePointer<Int32>.allocate(capacity: 2 * capacity)
    )
    more.update(from: tokens, count: count)
    moreOrigins.update(from: origins, count: count)
    tokens.deallocate()
    origins.deallocate()
    (tokens, origins) = (more, moreOrigins)
    capacity *= 2
  }
}
