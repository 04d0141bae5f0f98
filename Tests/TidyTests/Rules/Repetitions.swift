// SPDX-License-Identifier: Apache-2.0

extension Rule {
  static let repetitions = Rule(
    "no body stands twice",
    planted: [
      SourceFile("Sources/Kafka/A.swift", "func a() {\n\(Self.calls("  "))}\n"),
      SourceFile(
        "Sources/Kafka/B.swift", "struct B {\n  func b() {\n\(Self.calls("    "))  }\n}\n"),
      SourceFile("schemas/functions/a.sql", "CREATE a() AS $$\n\(Self.calls(""))$$;\n"),
      SourceFile("schemas/functions/b.sql", "CREATE b() AS $$\n\(Self.calls("  "))$$;\n"),
      SourceFile("schemas/migrations/000001.up.sql", "CREATE b() AS $$\n\(Self.calls(""))$$;\n"),
    ],
    said: [
      "Sources/Kafka/B.swift:2: the body of Sources/Kafka/A.swift:1 once more; make one of them",
      "schemas/functions/b.sql:1: the body of schemas/functions/a.sql:1 once more; make one of them",
    ]
  ) { tree in
    let swift = tree.files(under: "Sources/", ".swift").map { ($0, $0.functions) }
    let sql = tree.files(under: "schemas/functions/", ".sql").map { ($0, $0.quotedBodies) }
    return repeated(in: swift) + repeated(in: sql)
  }

  private static func repeated(in files: [(SourceFile, [Range<Int>])]) -> [Finding] {
    var known: [[String]: String] = [:]
    return files.flatMap { file, bodies in
      bodies.compactMap { lines in
        let body = file.body(lines)
        guard body.count >= SizeLimits.repeatedLinesMin else { return nil }
        let first = known[body]
        known[body] = first ?? "\(file.path):\(lines.lowerBound + 1)"
        return first.map {
          file.finding(line: lines.lowerBound, "the body of \($0) once more; make one of them")
        }
      }
    }
  }

  private static func calls(_ margin: String) -> String {
    (1...SizeLimits.repeatedLinesMin).map { "\(margin)call(\($0))\n" }.joined()
  }
}

extension SourceFile {
  /// The lines between those that begin and end it, without comments and margins.
  fileprivate func body(_ range: Range<Int>) -> [String] {
    let opening = range.first { code[$0].hasSuffix("{") || code[$0].contains("$$") }
    return lines[((opening ?? range.lowerBound) + 1)..<(range.upperBound - 1)].compactMap { line in
      let line = line.trimmingPrefix { $0 == " " }
      return line.isEmpty || line.hasPrefix("//") || line.hasPrefix("--") ? nil : String(line)
    }
  }

  /// SQL: from a line that opens a body to the one that closes it.
  fileprivate var quotedBodies: [Range<Int>] {
    let quotes = lines.indices.filter { lines[$0].contains("$$") }
    return stride(from: 1, to: quotes.count, by: 2).map { quotes[$0 - 1]..<quotes[$0] + 1 }
  }
}
