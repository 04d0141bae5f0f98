// SPDX-License-Identifier: Apache-2.0
import CSimdJSON

/// Turns bytes into a tape of tokens, strictly: the whole document is read and checked.
///
/// Holds about 4 MiB of buffers, sized for the largest document, and allocates nothing per
/// document once its token array has grown. Used by one thread at a time.
package final class JSONParser {
  private let parser: OpaquePointer

  /// Parsers with the same seed have the same key hashes; a sender must not be able to guess it.
  ///
  /// A lenient one is for documents of others, of which little is stored: what cannot be stored is
  /// a token that says so (``JSONToken/fault``), and keys are neither counted nor compared. One of
  /// OTLP is lenient, gives keys no hashes, and most attributes as a key with a scalar behind it.
  package init(
    seed: UInt64 = .random(in: .min ... .max), isLenient: Bool = false, isOTLP: Bool = false
  ) {
    precondition(JSONToken.isThatOfTheReader, "tokens are read as they are written")
    let dialect =
      isOTLP ? daybook_json_otlp : isLenient ? daybook_json_lenient : daybook_json_strict
    // Its size does not depend on what will be read.
    guard let parser = daybook_json_create(seed, dialect) else {
      preconditionFailure("out of memory")
    }
    self.parser = parser
  }

  deinit {
    daybook_json_destroy(parser)
  }

  /// Reads one document.
  ///
  /// The tape is valid until the next call, and only while the parser is alive; `bytes` are copied.
  package func parse(_ bytes: UnsafeRawBufferPointer) throws(JSONError) -> JSONTape {
    var hasEvent = false
    return try parse(bytes, names: nil, scope: 0, hasEvent: &hasEvent)
  }

  /// Reads what `names` say of one document, whose root is of this scope, and skips the rest.
  package func parse(
    _ bytes: UnsafeRawBufferPointer, names: JSONNames?, scope: Int16, hasEvent: inout Bool
  ) throws(JSONError) -> JSONTape {
    var tokens: UnsafePointer<daybook_json_token>?
    var count = 0
    let status = daybook_json_parse(
      parser, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count, names?.raw,
      scope,
      &tokens, &count, &hasEvent)
    if let error = JSONError(rawValue: status.rawValue) { throw error }
    guard let tokens else { throw .emptyPayload }
    return JSONTape(tokens: tokens, count: count)
  }

  /// Why and where the last document was refused; nil when it was not. Reads it again.
  package var fault: JSONFault? { JSONFault(daybook_json_last_fault(parser)) }

  /// Where a token of the last document stands in it, in bytes; a text behind its quote.
  package func offset(of token: Int) -> Int { Int(daybook_json_offset(parser, token)) }

  /// The hash that keys with these bytes have on the tapes of this parser.
  package func hash(of key: UnsafeRawBufferPointer) -> UInt32 {
    daybook_json_hash(parser, key.baseAddress?.assumingMemoryBound(to: UInt8.self), key.count)
  }

  /// Writes the shortest decimal that reads as the same double, as in `2.85e-05`; returns its
  /// length, 0 if the text is no finite number. `text` has room for ``shortestBytesMax``.
  package static func shortest(
    _ number: UnsafeRawBufferPointer, into text: UnsafeMutableRawBufferPointer
  ) -> Int {
    guard text.count >= shortestBytesMax else { return 0 }
    return daybook_json_shortest(
      number.baseAddress?.assumingMemoryBound(to: UInt8.self), number.count,
      text.baseAddress?.assumingMemoryBound(to: UInt8.self))
  }

  /// The same of a double.
  package static func text(
    of value: Double, into text: UnsafeMutableRawBufferPointer
  ) -> Int {
    guard text.count >= shortestBytesMax else { return 0 }
    return daybook_json_number_text(value, text.baseAddress?.assumingMemoryBound(to: UInt8.self))
  }

  package static let shortestBytesMax = 32

  package static func isUTF8(_ bytes: UnsafeRawBufferPointer) -> Bool {
    daybook_json_is_utf8(bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count)
  }
}
