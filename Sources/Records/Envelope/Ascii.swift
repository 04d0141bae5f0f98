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

/// PostgreSQL stores no text with one.
@inline(__always)
func containsNUL(_ bytes: UnsafeRawBufferPointer) -> Bool {
  guard let base = bytes.baseAddress else { return false }
  return memchr(base, 0, bytes.count) != nil
}
