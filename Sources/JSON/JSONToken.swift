// SPDX-License-Identifier: Apache-2.0
import CSimdJSON

/// One token of a tape: a container, a key, or a scalar.
///
/// Inlinable, because the decoder looks at some sixty tokens in each record; therefore a type of
/// its own in the form of the C reader's, which other modules do not know.
@frozen public struct JSONToken: BitwiseCopyable {
  @usableFromInline let start: UnsafePointer<UInt8>?
  @usableFromInline let length: UInt32
  @usableFromInline var end: UInt32
  /// Of a key: what ``JSONParser/hash(of:)`` says for the same bytes; else 0.
  public let hash: UInt32
  @usableFromInline let code: UInt8
  @usableFromInline var containers: UInt8
  @usableFromInline let nameNumber: UInt16

  @inlinable @inline(__always) public var kind: JSONKind {
    JSONKind(code: code)
  }

  /// The text of a key or string, decoded; the source text of everything else.
  ///
  /// Valid until the next parse of the same parser.
  @inlinable @inline(__always) public var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: start, count: Int(length))
  }

  /// The index behind this token and everything below it; for a key, behind its value.
  @inlinable @inline(__always) public var next: Int { Int(end) }

  /// Containers around this token: 0 for the root.
  @inlinable @inline(__always) public var depth: Int { Int(containers) }

  /// Of a key: its index in the names that were read, or -1.
  @inlinable @inline(__always) public var name: Int { Int(nameNumber) - 1 }

  /// Why the value cannot be stored, in a document that a lenient parser has read: its bytes are
  /// the source text then.
  package var fault: JSONError? { isUsable ? nil : faultOfUnusable }

  /// Whether there is none; what most tokens are.
  @inlinable @inline(__always) public var isUsable: Bool {
    kind == .key ? nameNumber == 0 : hash == 0
  }

  private var faultOfUnusable: JSONError? {
    switch kind {
    case .key: nameNumber == 0 ? nil : JSONError(rawValue: UInt8(truncatingIfNeeded: nameNumber))
    case .string, .number: hash == 0 ? nil : JSONError(rawValue: UInt8(truncatingIfNeeded: hash))
    default: nil
    }
  }

  /// A token of a tape that is put together here; `bytes` must outlive it.
  @inlinable @inline(__always) public init(
    _ kind: JSONKind, _ bytes: UnsafeRawBufferPointer, depth: Int = 0, next: Int = 0,
    hash: UInt32 = 0, name: Int = -1
  ) {
    start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
    length = UInt32(truncatingIfNeeded: bytes.count)
    end = UInt32(truncatingIfNeeded: next)
    self.hash = hash
    code = kind.code
    containers = UInt8(truncatingIfNeeded: depth)
    nameNumber = UInt16(truncatingIfNeeded: name + 1)
  }

  /// The same elsewhere on a tape.
  @inlinable @inline(__always) public func moved(depth: Int, next: Int) -> JSONToken {
    var token = self
    token.containers = UInt8(truncatingIfNeeded: depth)
    token.end = UInt32(truncatingIfNeeded: next)
    return token
  }

  /// Says where the value of a key, or a container, ends on the tape.
  @inlinable @inline(__always) public mutating func setNext(_ next: Int) {
    end = UInt32(truncatingIfNeeded: next)
  }

  /// Whether every field stands where the C reader puts it.
  static var isThatOfTheReader: Bool {
    MemoryLayout<JSONToken>.stride == MemoryLayout<daybook_json_token>.stride
      && MemoryLayout.offset(of: \JSONToken.start)
        == MemoryLayout.offset(of: \daybook_json_token.bytes)
      && MemoryLayout.offset(of: \JSONToken.length)
        == MemoryLayout.offset(of: \daybook_json_token.length)
      && MemoryLayout.offset(of: \JSONToken.end)
        == MemoryLayout.offset(of: \daybook_json_token.next)
      && MemoryLayout.offset(of: \JSONToken.hash)
        == MemoryLayout.offset(of: \daybook_json_token.hash)
      && MemoryLayout.offset(of: \JSONToken.code)
        == MemoryLayout.offset(of: \daybook_json_token.kind)
      && MemoryLayout.offset(of: \JSONToken.containers)
        == MemoryLayout.offset(of: \daybook_json_token.depth)
      && MemoryLayout.offset(of: \JSONToken.nameNumber)
        == MemoryLayout.offset(of: \daybook_json_token.name)
  }
}
