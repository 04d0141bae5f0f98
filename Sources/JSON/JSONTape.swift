// SPDX-License-Identifier: Apache-2.0
import CSimdJSON

/// The tokens of one document in document order; the root is token 0, and each key is followed by
/// its value.
///
/// Borrowed from the parser: valid until its next parse.
@frozen public struct JSONTape: BitwiseCopyable {
  @usableFromInline let tokens: UnsafePointer<JSONToken>
  public let count: Int

  init(tokens: UnsafePointer<daybook_json_token>, count: Int) {
    self.tokens = UnsafeRawPointer(tokens).assumingMemoryBound(to: JSONToken.self)
    self.count = count
  }

  /// Tokens that were put together elsewhere.
  package init(tokens: UnsafePointer<JSONToken>, count: Int) {
    self.tokens = tokens
    self.count = count
  }

  @inlinable @inline(__always) public subscript(index: Int) -> JSONToken {
    precondition(index >= 0 && index < count, "a token index lies on the tape")
    return tokens[index]
  }
}
