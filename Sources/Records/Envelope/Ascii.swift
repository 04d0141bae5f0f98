// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Whether the bytes are this ASCII text, in either case; `text` is in lower case.
func equals(_ bytes: UnsafeRawBufferPointer, _ text: StaticString) -> Bool {
  bytes.count == text.utf8CodeUnitCount && hasPrefix(bytes, text)
}

/// Whether the bytes begin with this ASCII text, in either case; `text` is in lower case.
func hasPrefix(_ bytes: UnsafeRawBufferPointer, _ text: StaticString) -> Bool {
  let count = text.utf8CodeUnitCount
  guard bytes.count >= count else { return false }
  for index in 0..<count where lowerCased(bytes[index]) != text.utf8Start[index] { return false }
  return true
}

func hasSuffix(_ bytes: UnsafeRawBufferPointer, _ text: StaticString) -> Bool {
  let start = bytes.count - text.utf8CodeUnitCount
  return start >= 0 && hasPrefix(UnsafeRawBufferPointer(rebasing: bytes[start...]), text)
}

/// Whether two texts are the same but for the case of ASCII letters.
func equalsWithoutCase(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
  guard left.count == right.count else { return false }
  for index in left.indices where lowerCased(left[index]) != lowerCased(right[index]) {
    return false
  }
  return true
}

@inline(__always)
func lowerCased(_ byte: UInt8) -> UInt8 {
  byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
}

/// Whether two buffers hold the same bytes.
@inline(__always)
func equals(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
  guard left.count == right.count else { return false }
  guard let leftBase = left.baseAddress, let rightBase = right.baseAddress else { return true }
  return memcmp(leftBase, rightBase, left.count) == 0
}

/// Whether two texts are the same, without a call: most are short.
@inline(__always)
func isSame(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
  let count = left.count
  guard count == right.count else { return false }
  if count < 8 {
    for index in 0..<count where left[index] != right[index] { return false }
    return true
  }
  func isSame(at index: Int) -> Bool {
    left.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      == right.loadUnaligned(fromByteOffset: index, as: UInt64.self)
  }
  // The end first: names of one kind begin alike.
  guard isSame(at: count - 8) else { return false }
  var index = 0
  while index < count - 8 {
    guard isSame(at: index) else { return false }
    index += 8
  }
  return true
}

/// ``isPlain(_:)`` of eight bytes at once: each has a bit on top when it is none of these, and so
/// has one that NUL borrows from.
@inline(__always)
private func isPlain(_ word: UInt64) -> Bool {
  let ones: UInt64 = 0x0101_0101_0101_0101
  return (word | (word &- ones)) & (0x80 &* ones) == 0
}

/// Whether all bytes are ASCII, and none of them is NUL: what nearly every text is.
@inline(__always)
func isPlain(_ bytes: UnsafeRawBufferPointer) -> Bool {
  let count = bytes.count
  if count < 4 { return bytes.allSatisfy { 1..<0x80 ~= $0 } }
  if count < 8 {
    let first = bytes.loadUnaligned(as: UInt32.self)
    let last = bytes.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self)
    return isPlain(UInt64(first) << 32 | UInt64(last))
  }
  var index = 0
  while index < count - 8 {
    guard isPlain(bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)) else { return false }
    index += 8
  }
  return isPlain(bytes.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self))
}

/// PostgreSQL stores no text with one.
@inline(__always)
func containsNUL(_ bytes: UnsafeRawBufferPointer) -> Bool {
  guard let base = bytes.baseAddress else { return false }
  return memchr(base, 0, bytes.count) != nil
}
