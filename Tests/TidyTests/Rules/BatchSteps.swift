// SPDX-License-Identifier: Apache-2.0

/// `WriteBatch` says what a batch does in the database, in order: the functions that it numbers are
/// those that `daybook_apply_batch` calls, and every name in it is that of a function or a table.
enum BatchSteps {
  static let path = "Sources/Ingest/Write/WriteBatch.swift"
  static let apply = "schemas/functions/ingest/apply_batch.sql"

  static func findings(in tree: Tree) -> [Finding] {
    guard let batch = tree[path], let apply = tree[apply] else { return [] }
    return unknownNames(in: batch, tree) + steps(of: batch, apply)
  }

  private static func steps(of batch: SourceFile, _ apply: SourceFile) -> [Finding] {
    let calls = apply.lines.filter { !$0.hasPrefix("--") && !$0.hasPrefix("CREATE") }
      .flatMap { line in line.matches(of: /\b(daybook_[a-z_]+)\(/).map { String($0.1) } }
    var said: [(name: String, line: Int)] = []
    for (index, line) in batch.lines.enumerated() {
      guard let step = line.trimmingPrefix("  /// ").split(separator: ".").first, Int(step) != nil,
        let name = names(line).first, line.contains(". `")
      else { continue }
      said.append((name, index))
    }
    for (index, name) in calls.enumerated() {
      guard index >= said.count || said[index].name != name else { continue }
      return [
        batch.finding(
          line: index < said.count ? said[index].line : said.last?.line ?? 0,
          "step \(index + 1) of \(Self.apply) is \(name); say so here")
      ]
    }
    return said.dropFirst(calls.count).prefix(1).map {
      batch.finding(line: $0.line, "\(Self.apply) does not call \($0.name); leave it out")
    }
  }

  /// Functions have a file; temporary tables are made by one.
  private static func unknownNames(in batch: SourceFile, _ tree: Tree) -> [Finding] {
    let functions = tree.files(under: "schemas/functions/", ".sql")
    let known = Set(functions.map { "daybook_" + stem($0.path) })
    return batch.lines.enumerated().flatMap { index, line in
      names(line).filter { name in
        !known.contains(name) && !functions.contains { $0.mentions("'\(name)") }
          && !(name.hasSuffix("_") && line.contains("<table>"))
      }.map {
        batch.finding(line: index, "there is no \($0) in schemas/functions; correct the name")
      }
    }
  }

  private static func stem(_ path: String) -> Substring {
    (path.split(separator: "/").last ?? "").dropLast(".sql".count)
  }

  private static func names(_ line: String) -> [String] {
    line.matches(of: /\bdaybook_[a-z_]+/).map { String($0.0) }
  }
}

extension Rule {
  static let batchSteps = Rule(
    "the steps of a batch are those of the database",
    planted: [
      SourceFile(
        BatchSteps.path,
        """
        struct WriteBatch {
          /// 1. DB004
          /// 2. `daybook_write`: the ledger
          /// 3. `daybook_fence`, and `daybook_nothing`
        """),
      SourceFile(
        BatchSteps.apply, "  PERFORM daybook_fence(1);\n  x := daybook_write(p);"),
      SourceFile("schemas/functions/ingest/fence.sql", ""),
      SourceFile("schemas/functions/ingest/write.sql", ""),
    ],
    said: [
      "Sources/Ingest/Write/WriteBatch.swift:4: there is no daybook_nothing in schemas/functions; correct the name",
      "Sources/Ingest/Write/WriteBatch.swift:3: step 1 of schemas/functions/ingest/apply_batch.sql is daybook_fence; say so here",
    ]
  ) { BatchSteps.findings(in: $0) }
}
