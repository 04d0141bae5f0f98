// SPDX-License-Identifier: Apache-2.0

/// The largest that there is. A limit goes down when the largest does, and up with a reason.
enum SizeLimits {
  static let sourceLinesMax = 270
  static let testLinesMax = 352
  static let functionLinesMax = 70
  static let swiftColumnsMax = 100
  /// Of a product: SQL and sentences, which no formatter breaks.
  static let literalColumnsMax = 120
  static let sqlColumnsMax = 120
  /// Shorter bodies are alike because they do the same little thing.
  static let repeatedLinesMin = 5
}

extension Rule {
  static let fileSizes = Rule(
    "files are small",
    planted: [
      SourceFile("Sources/Kafka/A.swift", String(repeating: "\n", count: 300)),
      SourceFile("Tests/KafkaTests/A.swift", String(repeating: "\n", count: 300)),
    ],
    said: ["Sources/Kafka/A.swift:271: 300 lines; divide it, 270 are the most"]
  ) { tree in
    tree.files(".swift").compactMap { file in
      let max =
        file.path.hasPrefix("Tests/") ? SizeLimits.testLinesMax : SizeLimits.sourceLinesMax
      let count = file.lines.count - 1
      guard count > max else { return nil }
      return file.finding(line: max, "\(count) lines; divide it, \(max) are the most")
    }
  }

  static let functionSizes = Rule(
    "functions are short",
    planted: [
      SourceFile(
        "Sources/Kafka/A.swift",
        "struct A {\n  init(\n    a: Int\n  ) {\n" + String(repeating: "    b()\n", count: 70)
          + "  }\n\n  func short() { }\n  func none()\n}\n")
    ],
    said: ["Sources/Kafka/A.swift:2: a function of 74 lines; divide it, 70 are the most"]
  ) { tree in
    tree.files(".swift").flatMap { file in
      file.functions.filter { $0.count > SizeLimits.functionLinesMax }.map {
        file.finding(
          line: $0.lowerBound,
          "a function of \($0.count) lines; divide it, \(SizeLimits.functionLinesMax) are the most")
      }
    }
  }

  /// Migrations that were released stay as they are, and the sentence of a COMMENT is one line.
  static let widths = Rule(
    "lines fit",
    planted: [
      SourceFile("Sources/Kafka/A.swift", "// " + String(repeating: "ü", count: 98)),
      SourceFile("Sources/Kafka/B.swift", "a(\"" + String(repeating: "b", count: 98) + "\")"),
      SourceFile("Sources/Kafka/C.swift", "a(\"" + String(repeating: "b", count: 118) + "\")"),
      SourceFile("schemas/functions/a.sql", "SELECT '" + String(repeating: "b", count: 113)),
    ],
    said: [
      "Sources/Kafka/A.swift:1: 101 columns; break the line, 100 are the most",
      "Sources/Kafka/C.swift:1: 123 columns; break the line, 120 are the most",
      "schemas/functions/a.sql:1: 121 columns; break the line, 120 are the most",
    ]
  ) { tree in
    let swift = tree.files(".swift").map { ($0, SizeLimits.swiftColumnsMax) }
    let sql = tree.files(".sql").filter { !$0.path.contains("/migrations/") }
      .map { ($0, SizeLimits.sqlColumnsMax) }
    return (swift + sql).flatMap { file, max in
      file.lines.indices.compactMap { index in
        let line = file.lines[index]
        guard line.utf8.count > max, !line.hasPrefix("COMMENT ON ") else { return nil }
        let max = file.hasLiteral(index) ? SizeLimits.literalColumnsMax : max
        guard line.count > max, !file.hasLiteral(index) || !file.path.hasPrefix("Tests/") else {
          return nil
        }
        return file.finding(
          line: index, "\(line.count) columns; break the line, \(max) are the most")
      }
    }
  }
}

extension SourceFile {
  /// Swift: whether part of the line stands in a literal, which a formatter cannot break. Those of
  /// tests are what they are.
  fileprivate func hasLiteral(_ index: Int) -> Bool {
    guard path.hasSuffix(".swift") else { return false }
    let line = lines[index].drop { $0 == " " }
    return !line.hasPrefix("//") && code[index].utf8.count < lines[index].utf8.count
  }

  /// The lines of each function, initializer and subscript, from its name to its brace. Closing
  /// braces stand under the beginning, as the formatter puts them.
  var functions: [Range<Int>] {
    code.indices.compactMap { start in
      let line = code[start]
      guard Self.declarations.contains(where: { line.contains($0) }),
        line.contains("func ") || line.contains("init") || line.contains("subscript")
      else { return nil }
      let margin = String(line.prefix { $0 == " " })
      guard line.hasSuffix("{") || Self.continues(code, start, margin) else { return nil }
      guard let end = code[(start + 1)...].firstIndex(of: margin + "}") else { return nil }
      return start..<end + 1
    }
  }

  private static let declarations = ["func ", "init(", "init?(", "init<", "deinit", "subscript("]

  /// Whether the signature goes on over more lines, and a body follows.
  private static func continues(_ code: [String], _ start: Int, _ margin: String) -> Bool {
    guard code[start].hasSuffix("(") || code[start].hasSuffix(",") || code[start].hasSuffix(")")
    else { return false }
    for line in code[(start + 1)...] {
      if line.hasPrefix(margin + ")") || line.hasPrefix(margin + "{") { return line.hasSuffix("{") }
      if !line.hasPrefix(margin + " ") { return false }
      if line.hasSuffix("{") { return true }
    }
    return false
  }
}
