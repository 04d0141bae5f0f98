// SPDX-License-Identifier: Apache-2.0

extension Unicode.Scalar {
  /// Whether a terminal would act on it, turn the text around it, or show nothing for it: controls,
  /// bidirectional marks, zero-width and other invisible characters.
  package var isUnsafeOnTerminal: Bool {
    if value < 0x7F { return value < 0x20 }
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: return true
    default: return properties.isDefaultIgnorableCodePoint
    }
  }

  /// As JSON and our logs write it: `\u202e`, or a pair of them.
  package var escaped: String {
    utf16.map { unit in
      let hex = String(unit, radix: 16)
      return "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
    }.joined()
  }
}

extension String {
  /// The text with U+FFFD for what a terminal must not get; with `lines`, line ends and tabs are
  /// kept.
  package func harmless(lines: Bool = false) -> String {
    guard unicodeScalars.contains(where: \.isUnsafeOnTerminal) else { return self }
    var result = ""
    var rest = unicodeScalars[...]
    while let scalar = rest.popFirst() {
      let isLayout =
        scalar == "\n" || scalar == "\t" || scalar == "\r" && rest.first == "\n"
      let isKept = !scalar.isUnsafeOnTerminal || lines && isLayout
      result.unicodeScalars.append(isKept ? scalar : "\u{FFFD}")
    }
    return result
  }
}
