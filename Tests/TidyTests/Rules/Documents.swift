// SPDX-License-Identifier: Apache-2.0

extension Rule {
  /// Relative links lead to a file, and to a heading of it.
  static let links = Rule(
    "links lead somewhere",
    planted: [
      SourceFile(
        "docs/a.md",
        """
        # A title: with `code`
        [b](b.md) [up](../README.md#no-heading) [here](#a-title-with-code) [there](
        c.md) [web](https://example.org/#x)
        ```
        [not](a/link.md)
        ```
        """),
      SourceFile("README.md", "# Daybook\n"),
    ],
    said: [
      "docs/a.md:2: docs/b.md does not exist; correct the link",
      "docs/a.md:2: README.md has no heading #no-heading; correct the link",
      "docs/a.md:2: docs/c.md does not exist; correct the link",
    ]
  ) { tree in
    tree.documents.flatMap { file in
      file.linked.compactMap { line, target -> Finding? in
        let parts = target.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        let path = parts[0].isEmpty ? file.path : file.resolved(String(parts[0]))
        guard tree.paths.contains(path) else {
          return file.finding(line: line, "\(path) does not exist; correct the link")
        }
        guard parts.count == 2, let headings = tree[path]?.anchors else { return nil }
        return headings.contains(String(parts[1]))
          ? nil
          : file.finding(line: line, "\(path) has no heading #\(parts[1]); correct the link")
      }
    }
  }

  /// What documents, scripts and commands name of the tree is there.
  static let paths = Rule(
    "named paths exist",
    planted: [
      SourceFile(
        "docs/a.md", "Run `ops/none --keep`, or ops/here, see\n    perf/none\nops/x-*.yml"),
      SourceFile("Sources/daybook/A.swift", "let text = \"see docs/none.md.\" // ops/<area>/x\n"),
      SourceFile("ops/here", "#!/bin/sh\n"),
    ],
    said: [
      "docs/a.md:1: ops/none does not exist; name what there is",
      "docs/a.md:2: perf/none does not exist; name what there is",
      "Sources/daybook/A.swift:1: docs/none.md does not exist; name what there is",
    ]
  ) { tree in
    let files =
      tree.documents.filter { $0.path != "CHANGELOG.md" }
      + tree.files(under: "ops/", "") + tree.files(under: "Sources/", ".swift")
      + tree.files(under: ".ci/", "")
    return files.filter { roots.contains(where: $0.mentions) }.flatMap { file in
      file.lines.indices.flatMap { index -> [Finding] in
        let line = file.lines[index]
        // A plus: what a recipe would make.
        guard roots.contains(where: { line.contains($0) }), !line.hasPrefix("+") else { return [] }
        return line.matches(of: named).map { trimmed(String($0.1)) }
          .filter { !$0.hasSuffix("/") && !tree.paths.contains($0) }
          .map { file.finding(line: index, "\($0) does not exist; name what there is") }
      }
    }
  }

  private static let roots = ["ops/", "perf/", "docs/", "schemas/", "Sources/", "Tests/", ".ci/"]
  /// From the root of the tree, not behind something else; a pattern or a placeholder is no name.
  nonisolated(unsafe) private static let named =
    /(?:^|[^\w.\/$}-])((?:ops|perf|docs|schemas|Sources|Tests|\.ci)\/(?>[\w.\/+-]*))(?![\w*<{$\/…])/

  private static func trimmed(_ name: String) -> String {
    var name = name
    while name.hasSuffix(".") { name.removeLast() }
    return name
  }
}

extension SourceFile {
  /// The targets of the relative links outside of code, and the lines that they begin on.
  fileprivate var linked: [(line: Int, target: String)] {
    var isCode = false
    var found: [(Int, String)] = []
    for (index, line) in lines.enumerated() {
      if line.hasPrefix("```") { isCode.toggle() }
      guard !isCode, line.contains("](") else { continue }
      let next = index + 1 < lines.count ? lines[index + 1] : ""
      for match in (line + "\n" + next).matches(of: /\]\(\s*([^)\s]+)\)/) {
        let begins = match.range.lowerBound
        guard (line + "\n" + next)[..<begins].firstIndex(of: "\n") == nil else { continue }
        let target = String(match.1)
        if !target.contains("://") { found.append((index, target)) }
      }
    }
    return found
  }

  /// The path of what a link of this file names.
  fileprivate func resolved(_ link: String) -> String {
    var parts = path.split(separator: "/").dropLast().map(String.init)
    for part in link.split(separator: "/") {
      if part == ".." { _ = parts.popLast() } else if part != "." { parts.append(String(part)) }
    }
    return parts.joined(separator: "/")
  }

  /// As a code host makes them of headings: lower case, without punctuation, with - for blanks.
  fileprivate var anchors: Set<String>? {
    guard path.hasSuffix(".md") else { return nil }
    return Set(
      lines.filter { $0.hasPrefix("#") }.map { line in
        line.drop { $0 == "#" }.dropFirst().lowercased()
          .filter { $0.isLetter || $0.isNumber || "-_ ".contains($0) }
          .replacing(" ", with: "-")
      })
  }
}
