// SPDX-License-Identifier: Apache-2.0

/// One man page, in the macros of man(7) that groff and mandoc know. All text is literal.
struct Roff {
  private(set) var text: String
  /// Nothing stands below the last heading yet.
  private var isFresh = true

  /// Lines of the source: nobody wants to read longer ones.
  private static let widthMax = 78

  init(_ name: String, section: Int) {
    text = """
      .\\" Made by daybook from its declarations.
      .TH \(Self.escaped(name.uppercased())) \(section) \(Daybook.versionDay) \
      "Daybook \(Daybook.version)" "Daybook"

      """
  }

  mutating func section(_ heading: String) {
    text += ".SH \(Self.escaped(heading))\n"
    isFresh = true
  }

  /// NAME, in the form in which whatis reads it.
  mutating func name(_ name: String, _ summary: String) {
    section("NAME")
    text += Self.escaped(name) + " \\- " + Self.escaped(summary) + "\n"
  }

  mutating func synopsis(_ command: String, _ rest: String) {
    section("SYNOPSIS")
    text += Self.bold(command) + (rest.isEmpty ? "" : " " + Self.escaped(rest)) + "\n"
  }

  mutating func paragraph(_ words: String) {
    divide()
    text += Self.filled(words)
  }

  /// From what stands before, if something does.
  private mutating func divide() {
    if !isFresh { text += ".PP\n" }
    isFresh = false
  }

  mutating func item(_ head: String, argument: String = "", _ words: String) {
    isFresh = false
    text += ".TP\n" + Self.bold(head) + (argument.isEmpty ? "" : " " + Self.italic(argument)) + "\n"
    text += Self.filled(words)
  }

  /// Lines as they stand.
  mutating func literal(_ lines: [String]) {
    divide()
    text += ".in +4n\n.nf\n"
    for line in lines { text += Self.begun(Self.escaped(line)) + "\n" }
    text += ".fi\n.in\n"
  }

  /// As in declarations: paragraphs, and indented lines that stay as they are.
  mutating func explanation(_ details: String) {
    for block in details.split(separator: "\n\n") {
      var lines = block.split(separator: "\n").map(String.init)[...]
      while let isLiteral = lines.first?.hasPrefix(" ") {
        let part = lines.prefix { $0.hasPrefix(" ") == isLiteral }
        lines = lines.dropFirst(part.count)
        if isLiteral {
          literal(part.map { String($0.drop { $0 == " " }) })
        } else {
          paragraph(part.joined(separator: " "))
        }
      }
    }
  }

  // MARK: Words

  static func bold(_ words: String) -> String { "\\fB" + escaped(words) + "\\fR" }
  static func italic(_ words: String) -> String { "\\fI" + escaped(words) + "\\fR" }

  private static func filled(_ words: String) -> String {
    var lines = [""]
    for word in words.split(separator: " ").map({ escaped(String($0)) }) {
      let last = lines[lines.count - 1]
      if last.isEmpty {
        lines[lines.count - 1] = word
      } else if last.count + 1 + word.count > widthMax {
        lines.append(word)
      } else {
        lines[lines.count - 1] = last + " " + word
      }
    }
    return lines.map { begun($0) + "\n" }.joined()
  }

  /// A line must not look like a request.
  private static func begun(_ line: String) -> String {
    line.hasPrefix(".") || line.hasPrefix("\\(aq") ? "\\&" + line : line
  }

  /// What a person copies is what stands here: no typographic hyphens and quotes.
  static func escaped(_ words: String) -> String {
    words.unicodeScalars.map { scalar in
      switch scalar {
      case "\\": "\\e"
      case "-": "\\-"
      case "'": "\\(aq"
      case "`": "\\(ga"
      case "^": "\\(ha"
      case "~": "\\(ti"
      case "\"": "\\(dq"
      case _ where scalar.isASCII: String(scalar)
      default: "\\[u" + padded(String(scalar.value, radix: 16, uppercase: true)) + "]"
      }
    }.joined()
  }

  private static func padded(_ digits: String) -> String {
    String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}
