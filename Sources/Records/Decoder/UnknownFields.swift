// SPDX-License-Identifier: Apache-2.0
import JSON
import Text

/// The names of unknown fields that a stream watches, and which of them the last record has.
///
/// The names come from outside: so many, of such a length, and no other characters than those of
/// usual names; what is beyond counts as ``other``. Nothing is allocated after the start.
package struct UnknownFields: BitwiseCopyable {
  /// Names that one decoder tells apart.
  package static let namesMax = 64
  /// Bytes of a name as it is in the record, with its path; the table takes three times as many,
  /// for those that are percent-encoded.
  package static let nameBytesMax = 100
  /// Of one record, so many are counted.
  package static let perRecordMax = 16
  /// Stands for every name that is not told apart.
  package static let other = "_other"

  private struct Name: BitwiseCopyable {
    var hash: UInt32 = 0
    var scope: Int16 = 0
    var count: UInt8 = 0
  }

  private let names: UnsafeMutableBufferPointer<Name>
  private let bytes: UnsafeMutableRawBufferPointer
  private var nameCount = 0
  private let inRecord: UnsafeMutableBufferPointer<UInt8>
  private var inRecordCount = 0
  private var watchedCount = 0

  /// The memory is that of `arena`.
  init(arena: Arena) {
    names = arena.allocate(repeating: Name(), count: Self.namesMax)
    bytes = arena.bytes(count: Self.namesMax * Self.nameBytesMax)
    inRecord = arena.allocate(repeating: 0, count: Self.perRecordMax)
  }

  /// The unknown fields of the last record, each once; `namesMax` is ``other``.
  package var last: UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(rebasing: inRecord[..<inRecordCount])
  }

  /// Whether the last record has any that may hold what the stream is for.
  var isInRecord: Bool { watchedCount > 0 }

  mutating func beginRecord() { (inRecordCount, watchedCount) = (0, 0) }

  /// `key` stands in an object that is reached by `path`; `isOnlyTold`: it says whose a record is.
  mutating func note(
    _ key: JSONToken, in scope: Int, path: UnsafeRawBufferPointer, isOnlyTold: Bool = false
  ) {
    if !isOnlyTold { watchedCount += 1 }
    let index = UInt8(self.index(of: key, in: scope, path: path))
    guard inRecordCount < inRecord.count, !last.contains(index) else { return }
    inRecord[inRecordCount] = index
    inRecordCount += 1
  }

  private mutating func index(of key: JSONToken, in scope: Int, path: UnsafeRawBufferPointer) -> Int
  {
    let count = path.count + key.bytes.count
    guard count <= Self.nameBytesMax else { return Self.namesMax }
    for index in 0..<nameCount where names[index].hash == key.hash {
      guard Int(names[index].scope) == scope else { continue }
      let known = text(index)
      if equals(UnsafeRawBufferPointer(rebasing: known[path.count...]), key.bytes) { return index }
    }
    guard nameCount < Self.namesMax else { return Self.namesMax }
    names[nameCount] = Name(hash: key.hash, scope: Int16(scope), count: UInt8(count))
    let slot = UnsafeMutableRawBufferPointer(rebasing: bytes[(nameCount * Self.nameBytesMax)...])
    slot.copyMemory(from: path)
    UnsafeMutableRawBufferPointer(rebasing: slot[path.count...]).copyMemory(from: key.bytes)
    nameCount += 1
    return nameCount - 1
  }

  private func text(_ index: Int) -> UnsafeRawBufferPointer {
    let start = index * Self.nameBytesMax
    return UnsafeRawBufferPointer(rebasing: bytes[start..<start + Int(names[index].count)])
  }

  /// The name with its path; bytes that names do not have are percent-encoded.
  package func name(_ index: Int) -> String {
    index < nameCount ? NameText.of(text(index)) : Self.other
  }
}
