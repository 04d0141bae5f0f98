// SPDX-License-Identifier: Apache-2.0
import JSON

/// The keys that came before, as tokens with their hashes. Producers write the same keys in the
/// same order again and again: each is compared with the one that stood behind its neighbour the
/// last time, before anything is computed of it. One thread.
final class KeyMemory {
  /// Keys that are told apart, and bytes of one that is; when there are more, all are forgotten.
  private static let keysMax = 512
  private static let keyBytesMax = 64
  private static let tableCount = 2048

  private struct Entry: BitwiseCopyable {
    var token: JSONToken
    /// The key that stood behind it.
    var next: Int32 = 0
  }

  private let parser: JSONParser
  private let paths: PathTable
  private let entries: UnsafeMutableBufferPointer<Entry>
  private let texts: UnsafeMutableRawBufferPointer
  /// The index of an entry by the hash of its key, or 0.
  private let table: UnsafeMutableBufferPointer<Int16>
  private var count = Object.allCases.count
  private var last = 0

  /// What the keys are those of; each has an entry in front of its first key.
  enum Object: Int, CaseIterable { case attributes, members }

  /// A key that a path of `paths` has gets the bytes that its name has there.
  init(parser: JSONParser, paths: PathTable) {
    (self.parser, self.paths) = (parser, paths)
    entries = .allocate(capacity: Self.keysMax)
    texts = .allocate(byteCount: Self.keysMax * Self.keyBytesMax, alignment: 16)
    table = .allocate(capacity: Self.tableCount)
    // The empty key is that of the first entry.
    let nothing = UnsafeRawBufferPointer(rebasing: texts[..<0])
    entries.initialize(
      repeating: Entry(token: JSONToken(.key, nothing, hash: parser.hash(of: nothing))))
    table.initialize(repeating: 0)
  }

  deinit {
    entries.deallocate()
    texts.deallocate()
    table.deallocate()
  }

  /// The keys that come are those of another object.
  func begin(_ object: Object) { last = object.rawValue }

  /// The key; nil for one that is not remembered, because it is no ASCII, or longer than most.
  @inline(__always)
  func key(_ bytes: UnsafeRawBufferPointer) -> JSONToken? {
    let guess = Int(entries[last].next)
    if isSame(entries[guess].token.bytes, bytes) {
      last = guess
      return entries[guess].token
    }
    return find(bytes)
  }

  /// The bytes that a name has in the paths, else its own.
  func name(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    paths.name(bytes, parser.hash(of: bytes)) ?? bytes
  }

  private func find(_ bytes: UnsafeRawBufferPointer) -> JSONToken? {
    guard bytes.count <= Self.keyBytesMax, isPlain(bytes) else { return nil }
    let hash = parser.hash(of: bytes)
    var slot = Int(hash) & (Self.tableCount - 1)
    while table[slot] > 0 {
      let index = Int(table[slot])
      if entries[index].token.hash == hash, equals(entries[index].token.bytes, bytes) {
        entries[last].next = Int32(index)
        last = index
        return entries[index].token
      }
      slot = (slot + 1) & (Self.tableCount - 1)
    }
    return add(bytes, hash)
  }

  private func add(_ bytes: UnsafeRawBufferPointer, _ hash: UInt32) -> JSONToken {
    if count == Self.keysMax {
      table.update(repeating: 0)
      for index in entries.indices { entries[index].next = 0 }
      (count, last) = (Object.allCases.count, 0)
    }
    var slot = Int(hash) & (Self.tableCount - 1)
    while table[slot] > 0 { slot = (slot + 1) & (Self.tableCount - 1) }
    let token = JSONToken(.key, paths.name(bytes, hash) ?? keep(bytes), hash: hash)
    table[slot] = Int16(count)
    entries[count] = Entry(token: token)
    entries[last].next = Int32(count)
    last = count
    count += 1
    return token
  }

  private func keep(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    let start = count * Self.keyBytesMax
    let room = UnsafeMutableRawBufferPointer(rebasing: texts[start..<start + bytes.count])
    room.copyMemory(from: bytes)
    return UnsafeRawBufferPointer(room)
  }
}
