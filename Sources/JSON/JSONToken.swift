// SPDX-License-Identifier: Apache-2.0
package import CSimdJSON

/// One token of a tape: a container, a key, or a scalar.
///
/// Inlinable, because the decoder looks at some sixty tokens in each record.
package struct JSONToken: BitwiseCopyable {
  @usableFromInline let raw: daybook_json_token

  @inlinable init(_ raw: daybook_json_token) {
    self.raw = raw
  }

  @inlinable package var kind: JSONKind {
    JSONKind(rawValue: raw.kind.rawValue) ?? .null
  }

  /// The text of a key or string, decoded; the source text of everything else.
  ///
  /// Valid until the next parse of the same parser.
  @inlinable package var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: raw.bytes, count: Int(raw.length))
  }

  /// The index behind this token and everything below it; for a key, behind its value.
  @inlinable package var next: Int { Int(raw.next) }

  /// Containers around this token: 0 for the root.
  @inlinable package var depth: Int { Int(raw.depth) }

  /// Of a key: its index in the names that were read, or -1.
  @inlinable package var name: Int { Int(raw.name) - 1 }

  /// Of a key: what ``JSONParser/hash(of:)`` says for the same bytes; else 0.
  @inlinable package var hash: UInt32 { raw.hash }
}
