// SPDX-License-Identifier: Apache-2.0

/// Why bytes are not a document that can be stored; the raw values are those of the C reader.
package enum JSONError: UInt8, Error, CaseIterable, Sendable {
  /// Nothing, or white space only.
  case emptyPayload = 1
  case payloadTooLarge
  case byteOrderMark
  case invalidUTF8
  /// A raw NUL byte or `\u0000`: PostgreSQL stores it in neither `text` nor `jsonb`.
  case nulCharacter
  /// `\ud83d` without its other half, which is no Unicode text.
  case loneSurrogate
  case notJSON
  /// Something stands behind the end of the first value.
  case trailingContent
  /// A key twice in one object, at any depth: parsers disagree on which one counts.
  case duplicateKey
  case tooDeep
  case tooManyKeys
  case stringTooLong
  /// Too many characters, or too large an exponent.
  case numberOutOfRange
}
