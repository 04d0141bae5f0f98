// SPDX-License-Identifier: Apache-2.0

extension Rule {
  private static let declared = SourceFile(
    "Sources/Telemetry/Metrics/Metrics.swift",
    """
    package enum Metrics {
      package static let fenced = Counter("daybook_fenced_total", "Batches dropped.")
      package static let lag = Gauge(
        "daybook_lag_records", "Behind.")
      package static let all: [any Metric] = [
        fenced,
      ]
    }
    """)
  private static let used = SourceFile("Sources/Ingest/A.swift", "Metrics.fenced.add()\n")

  static let metricsAreListed = Rule(
    "metrics are exposed",
    planted: [declared, used],
    said: [
      "Sources/Telemetry/Metrics/Metrics.swift:3: lag is not exposed; add it to Metrics.all"
    ]
  ) { tree in
    tree.metrics.filter { !$0.isListed }.map {
      $0.file.finding(line: $0.line, "\($0.property) is not exposed; add it to Metrics.all")
    }
  }

  static let metricsAreUsed = Rule(
    "metrics are measured",
    planted: [declared, used],
    said: [
      "Sources/Telemetry/Metrics/Metrics.swift:3: Metrics.lag is never set; measure it, or remove it"
    ]
  ) { tree in
    let others = tree.files(under: "Sources/", ".swift").filter {
      !$0.path.hasSuffix("/Metrics.swift")
    }
    let mentioned = Set(
      others.flatMap { $0.code }.flatMap { line in
        line.contains("Metrics.") ? line.matches(of: /Metrics\.(\w+)/).map { String($0.1) } : []
      })
    return tree.metrics.filter { !mentioned.contains($0.property) }.map {
      $0.file.finding(
        line: $0.line, "Metrics.\($0.property) is never set; measure it, or remove it")
    }
  }

  /// `daybook_…` in a document or a rule is a metric, or something that the SQL makes.
  static let namesExist = Rule(
    "names in documents exist",
    planted: [
      declared, SourceFile("schemas/functions/a.sql", "CREATE FUNCTION daybook_fence() …"),
      SourceFile(
        "docs/a.md", "`daybook_fence`, `daybook_fenced_total{topic}`,\nand `daybook_fences_total`."),
    ],
    said: [
      "docs/a.md:2: daybook_fences_total is neither a metric nor in the SQL; name what there is"
    ]
  ) { tree in
    let metrics = tree.metrics.map(\.name)
    let sql = Set(
      tree.files(under: "schemas/", ".sql").flatMap { $0.lines }.flatMap { line in
        line.contains("daybook_") ? names(in: line) : []
      })
    let known = sql.union(metrics).union(
      metrics.flatMap { name in ["_bucket", "_sum", "_count"].map { name + $0 } })
    let files =
      tree.documents.filter { $0.path != "CHANGELOG.md" } + tree.files(under: "ops/", ".yml")
    return files.flatMap { file in
      file.lines.indices.flatMap { index -> [Finding] in
        // A plus: what a recipe would make.
        guard file.lines[index].contains("daybook_"), !file.lines[index].hasPrefix("+") else {
          return []
        }
        return names(in: file.lines[index]).filter {
          !known.contains($0) && !inDocuments.keys.contains($0)
        }
        .map {
          file.finding(
            line: index, "\($0) is neither a metric nor in the SQL; name what there is")
        }
      }
    }
  }

  /// Names of the same form for something else.
  private static let inDocuments = [
    "daybook_ingest": "a login role", "daybook_report": "a login role",
    "daybook_audit": "a login role", "daybook_admin": "a login role",
    "daybook_finance": "a login role",
  ]

  private static func names(in line: String) -> [String] {
    line.matches(of: /\bdaybook_[a-z0-9_]*[a-z0-9]/).map { String($0.0) }
  }

  /// An alert says which runbook helps, the list of runbooks has it, and a test fires it.
  static let alerts = Rule(
    "alerts have runbooks and tests",
    planted: [
      SourceFile(
        "ops/prometheus/a.rules.yml",
        """
              - alert: DaybookA
                expr: daybook_a > 0
              - alert: DaybookB
                annotations:
                  runbook_url: https://example.org/ops/runbooks/b.md
        """),
      SourceFile("ops/prometheus/a.test.yml", "alertname: DaybookA\n"),
      SourceFile("ops/runbooks/README.md", "| `DaybookA` | |\n"),
    ],
    said: [
      "ops/prometheus/a.rules.yml:1: DaybookA has no runbook; give its runbook_url",
      "ops/prometheus/a.rules.yml:3: ops/runbooks/b.md does not exist; write it, or name another",
      "ops/prometheus/a.rules.yml:3: DaybookB is not listed; add it to ops/runbooks/README.md",
      "ops/prometheus/a.rules.yml:3: DaybookB is never raised; test it in a .test.yml",
    ]
  ) { tree in
    let listed = tree["ops/runbooks/README.md"]?.lines.joined() ?? ""
    // A line of its own: `{…, alertname: A, exp_alerts: []}` says that nothing is raised.
    let raised = Set(
      tree.files(under: "ops/prometheus/", ".test.yml").flatMap(\.lines)
        .filter { !$0.contains("exp_alerts: []") }
        .compactMap { $0.firstMatch(of: /alertname: (\w+)/).map { String($0.1) } })
    return tree.files(under: "ops/prometheus/", ".rules.yml").flatMap { file in
      let starts = file.lines.indices.filter { file.lines[$0].contains("- alert: ") }
      return starts.flatMap { start -> [Finding] in
        let name = file.lines[start].split(separator: " ").last.map(String.init) ?? ""
        let end = starts.first { $0 > start } ?? file.lines.endIndex
        let url = file.lines[start..<end].first { $0.contains("runbook_url: ") }
        let runbook = url?.firstMatch(of: /ops\/runbooks\/[a-z-]+\.md/).map { String($0.0) }
        var wrong: [String] = []
        if let runbook {
          if tree[runbook] == nil {
            wrong.append("\(runbook) does not exist; write it, or name another")
          }
        } else {
          wrong.append("\(name) has no runbook; give its runbook_url")
        }
        if !listed.contains("`\(name)`") {
          wrong.append("\(name) is not listed; add it to ops/runbooks/README.md")
        }
        if !raised.contains(name) {
          wrong.append("\(name) is never raised; test it in a .test.yml")
        }
        return wrong.map { file.finding(line: start, $0) }
      }
    }
  }
}

/// A declaration of `Metrics`.
private struct Declaration {
  let file: SourceFile
  let line: Int
  let property: String
  let name: String
  let isListed: Bool
}

extension Tree {
  fileprivate var metrics: [Declaration] {
    guard let file = files(under: "Sources/Telemetry/", "/Metrics.swift").first else { return [] }
    let list = file.code.drop { !$0.contains("static let all") }.dropFirst()
      .prefix { !$0.contains("]") }.joined(separator: " ")
    let listed = Set(list.matches(of: /\w+/).map { String($0.0) })
    return file.lines.indices.compactMap { index in
      let pair = file.lines[index...].prefix(2).joined()
      guard
        let match = pair.firstMatch(
          of: /static let (\w+) = (?:Counter|Gauge|Histogram)\(\s*"(\w+)"/),
        file.lines[index].contains("static let")
      else { return nil }
      let property = String(match.1)
      return Declaration(
        file: file, line: index, property: property, name: String(match.2),
        isListed: listed.contains(property))
    }
  }
}
