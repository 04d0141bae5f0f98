// SPDX-License-Identifier: Apache-2.0

extension Rule {
  private static let pictured = SourceFile(
    "ARCHITECTURE.md",
    """
    ## Targets

    ```text
    2  Kafka    Postgres
    1  Telemetry
    0  CRdKafka …
    ```

    | C module | imported by |
    | --- | --- |
    | `CRdKafka` | `Kafka` |

    ## The data flow
    """)

  /// As the picture of ARCHITECTURE.md has them.
  static let importsGoDown = Rule(
    "imports go down",
    planted: [
      pictured, SourceFile("Sources/Telemetry/A.swift", "\npackage import Kafka\n"),
      SourceFile("Sources/Postgres/B.swift", "@testable import Kafka\nimport Telemetry\n"),
      SourceFile("Sources/Digest/C.swift", "import Foundation\n"),
      SourceFile("Sources/Kafka/D.swift", "import Telemetry\n"),
    ],
    said: [
      "ARCHITECTURE.md:1: Digest has no layer; put it into the picture of the targets",
      "Sources/Postgres/B.swift:1: Postgres (layer 2) imports Kafka (layer 2); import lower layers "
        + "only, or move the code",
      "Sources/Telemetry/A.swift:2: Telemetry (layer 1) imports Kafka (layer 2); import lower "
        + "layers only, or move the code",
    ]
  ) { tree in
    let layers = tree.layers
    let missing = tree.modules.subtracting(layers.keys).sorted().map {
      Finding(
        path: "ARCHITECTURE.md", line: 1,
        message: "\($0) has no layer; put it into the picture of the targets")
    }
    return missing
      + tree.files(under: "Sources/", ".swift").flatMap { file in
        file.imports.compactMap { line, name -> Finding? in
          guard let own = file.module, let layer = layers[own], let other = layers[name],
            other >= layer
          else { return nil }
          return file.finding(
            line: line,
            "\(own) (layer \(layer)) imports \(name) (layer \(other)); import lower layers only, or "
              + "move the code")
        }
      }
  }

  /// As the table of ARCHITECTURE.md says.
  static let foreignModules = Rule(
    "C modules have few importers",
    planted: [
      pictured, SourceFile("Sources/Kafka/A.swift", "import CRdKafka\nimport CZlib\n"),
      SourceFile("Tests/KafkaTests/B.swift", "import CRdKafka\n"),
    ],
    said: [
      "Sources/Kafka/A.swift:2: CZlib is imported by nobody; add it to the table in ARCHITECTURE.md, or use "
        + "what stands around it",
      "Tests/KafkaTests/B.swift:1: CRdKafka is imported by Kafka; add it to the table in "
        + "ARCHITECTURE.md, or use what stands around it",
    ]
  ) { tree in
    let importers = tree.foreignImporters
    return tree.files(".swift").flatMap { file in
      file.imports.compactMap { line, name -> Finding? in
        guard name.hasPrefix("C"), name.dropFirst().first?.isUppercase == true,
          let own = file.module,
          importers[name]?.contains(own) != true
        else { return nil }
        let known = importers[name]?.joined(separator: ", ") ?? "nobody"
        return file.finding(
          line: line,
          "\(name) is imported by \(known); add it to the table in ARCHITECTURE.md, or use what stands "
            + "around it")
      }
    }
  }
}

extension SourceFile {
  /// The modules that are imported, and on which lines.
  var imports: [(line: Int, name: String)] {
    code.indices.compactMap { index in
      let words = code[index].split(separator: " ")
      guard let at = words.firstIndex(of: "import"), at <= 1, at + 1 < words.count else {
        return nil
      }
      let kinds = ["struct", "class", "enum", "func", "protocol", "typealias", "var", "let"]
      let path = kinds.contains(String(words[at + 1])) ? words.last : words[at + 1]
      return path?.split(separator: ".").first.map { (index, String($0)) }
    }
  }
}

extension Tree {
  /// Folders of Sources with Swift in them; what tests are made of is theirs.
  var modules: Set<String> {
    Set(files(under: "Sources/", ".swift").compactMap(\.module)).subtracting(["DaybookTesting"])
  }

  private var targets: ArraySlice<String> {
    let lines = self["ARCHITECTURE.md"]?.lines ?? []
    guard let start = lines.firstIndex(of: "## Targets") else { return [] }
    return lines[(start + 1)...].prefix { !$0.hasPrefix("## ") }
  }

  /// The number in front of each module's line in the picture.
  var layers: [String: Int] {
    var layers: [String: Int] = [:]
    for line in targets {
      let words = line.split(separator: " ")
      guard let first = words.first, let layer = Int(first) else { continue }
      // A sentence may follow the names behind more than one blank.
      for word in words.dropFirst() where modules.contains(String(word)) {
        layers[String(word)] = layer
      }
    }
    return layers
  }

  var foreignImporters: [String: [String]] {
    var importers: [String: [String]] = [:]
    for line in targets where line.hasPrefix("| `C") {
      let names = line.split(separator: "`").map(String.init)
        .filter { $0.allSatisfy { $0.isLetter } }
      importers[names[0]] = Array(names.dropFirst())
    }
    return importers
  }
}
