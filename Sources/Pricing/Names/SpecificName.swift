// SPDX-License-Identifier: Apache-2.0

/// Which of two names of one model says more about its price.
///
/// A response often names the bare model where the request said how it was reached:
/// `us.anthropic.x` costs more than `anthropic.x`, and `x-2024-05-13` may cost more than `x`. A
/// response that names another model than the request is right: it was served.
enum SpecificName {
  /// Whether `request` is `response` with a prefix that ends in `.` or `/`, or with a date, a
  /// version or a variant behind it.
  static func isMoreSpecific(
    _ request: UnsafeRawBufferPointer, than response: UnsafeRawBufferPointer
  ) -> Bool {
    request.count > response.count && extends(request, response)
  }

  /// The prefix of `request`, where the rest of it is `response` without its day, as in
  /// `us.anthropic.x` and `anthropic.x-20250929`; nil where it is not. Each name says something
  /// that the other one does not: the model that was served is the prefix with `response`.
  static func prefix(
    of request: UnsafeRawBufferPointer, beforeDated response: UnsafeRawBufferPointer
  ) -> UnsafeRawBufferPointer? {
    guard request.count > response.count - DatedName.dayBytesMax,
      let undated = DatedName.undated(response), request.count > undated.count
    else { return nil }
    let prefix = request[..<(request.count - undated.count)]
    let rest = UnsafeRawBufferPointer(rebasing: request[prefix.endIndex...])
    return isSame(rest, undated) && isPrefix(prefix)
      ? UnsafeRawBufferPointer(rebasing: prefix) : nil
  }

  private static func extends(
    _ long: UnsafeRawBufferPointer, _ short: UnsafeRawBufferPointer
  ) -> Bool {
    guard !short.isEmpty else { return true }
    for start in 0...(long.count - short.count) {
      let end = start + short.count
      if start == 0 || isPrefix(long[..<start]),
        isSame(UnsafeRawBufferPointer(rebasing: long[start..<end]), short),
        isVariant(UnsafeRawBufferPointer(rebasing: long[end...]))
      {
        return true
      }
    }
    return false
  }

  private static func isPrefix(_ text: Slice<UnsafeRawBufferPointer>) -> Bool {
    text.last == UInt8(ascii: ".") || text.last == UInt8(ascii: "/")
  }

  /// Nothing, `:free`, `@default`, `-0613`, `-2024-08-06`, `-v1:0`.
  private static func isVariant(_ text: UnsafeRawBufferPointer) -> Bool {
    guard let first = text.first else { return true }
    if first == UInt8(ascii: ":") || first == UInt8(ascii: "@") { return true }
    guard first == UInt8(ascii: "-"), text.count > 2 else { return false }
    if text[1] == UInt8(ascii: "v") { return isDigit(text[2]) }
    // Four digits begin a date; fewer may be the number of another model.
    return text.count > 4 && (1...4).allSatisfy { isDigit(text[$0]) }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
}
