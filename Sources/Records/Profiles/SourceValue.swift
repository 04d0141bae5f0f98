// SPDX-License-Identifier: Apache-2.0
import JSON

/// The value of an expression: a token, and where it was found.
struct SourceValue: BitwiseCopyable {
  var token: JSONToken
  /// Its index on the tape of its item; -1 for a value that was made.
  var index: Int32 = -1
  /// The token of the source that it was made of; -1 for none.
  var origin: Int32 = -1

  /// What is there before a value is.
  static var nothing: SourceValue { SourceValue(token: JSONToken(.null, TapeBuilder.nothing)) }

  /// The same place with another value.
  func made(_ kind: JSONKind, _ bytes: UnsafeRawBufferPointer) -> SourceValue {
    SourceValue(token: JSONToken(kind, bytes), origin: origin)
  }

  /// The text of a scalar; nil for an object or array.
  var text: UnsafeRawBufferPointer? {
    switch token.kind {
    case .object, .array: nil
    default: token.bytes
    }
  }
}

/// Why a value of the source cannot be what the profile makes of it.
struct SourceFault: Error, BitwiseCopyable {
  let reason: Reason
  let origin: Int32
}
