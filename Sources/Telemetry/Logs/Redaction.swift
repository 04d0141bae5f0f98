// SPDX-License-Identifier: Apache-2.0

/// Takes secrets out of texts that other software wrote (server messages, connection strings).
///
/// Exact for libpq URIs and `name=value` settings; best effort for free text. Our own code never
/// puts a secret into a message in the first place: this is the second line of defence.
package enum Redaction {
  package static let mask = "***"

  /// Whether a field or setting of this name holds a secret; `password_file` names only a place.
  package static func isSecret(name: String) -> Bool {
    let lower = name.lowercased()
    return !lower.hasSuffix("_file") && secretWords.contains { lower.contains($0) }
  }

  /// The text with URI passwords and the values of `password=`-like settings replaced by `***`.
  package static func redact(_ text: String) -> String {
    let lower = text.lowercased()
    guard lower.contains("://") || secretWords.contains(where: { lower.contains($0) }) else {
      return text
    }
    return redactSettings(redactURIs(text))
  }

  private static let secretWords = [
    "password", "passwd", "secret", "token_value", "sasl.oauthbearer.config", "ssl.key.pem",
    "private_key",
  ]

  /// Everything between the first `:` and the last `@` of an authority is a password, also when it
  /// holds `/` or `@`.
  private static func redactURIs(_ text: String) -> String {
    var result = ""
    var rest = Substring(text)
    while let scheme = rest.firstRange(of: "://") {
      result += rest[..<scheme.upperBound]
      rest = rest[scheme.upperBound...]
      let wordEnd = rest.firstIndex(where: { $0.isWhitespace || $0 == "\"" }) ?? rest.endIndex
      let word = rest[..<wordEnd]
      if let at = word.lastIndex(of: "@"), let colon = word[..<at].firstIndex(of: ":") {
        result += word[...colon] + mask
        rest = rest[at...]
      }
    }
    return result + rest
  }

  private static func redactSettings(_ text: String) -> String {
    var result = ""
    var rest = Substring(text)
    while let equals = rest.firstIndex(of: "=") {
      let name = settingName(before: equals, in: rest)
      result += rest[...equals]
      rest = rest[rest.index(after: equals)...]
      guard isSecret(name: String(name)) else { continue }
      let blanks = rest.prefix(while: \.isWhitespace)
      result += blanks + mask
      rest = rest[settingEnd(in: rest[blanks.endIndex...])...]
    }
    return result + rest
  }

  private static func settingName(before equals: String.Index, in text: Substring) -> Substring {
    let head = text[..<equals].reversed().drop(while: \.isWhitespace)
    let name = head.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." || $0 == "-" }
    return Substring(String(name.reversed()))
  }

  /// The end of a conninfo value: quoted with `'` (a backslash escapes), else up to a blank, `&` or
  /// `,`.
  private static func settingEnd(in text: Substring) -> String.Index {
    guard text.first == "'" else {
      return text.firstIndex { $0.isWhitespace || $0 == "&" || $0 == "," } ?? text.endIndex
    }
    var index = text.index(after: text.startIndex)
    while index < text.endIndex, text[index] != "'" {
      if text[index] == "\\" { index = text.index(after: index) }
      if index < text.endIndex { index = text.index(after: index) }
    }
    return index < text.endIndex ? text.index(after: index) : index
  }
}
