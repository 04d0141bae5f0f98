// SPDX-License-Identifier: Apache-2.0

/// Words that code must not have.
struct Ban: Sendable {
  let word: String
  let instead: String
  /// Ends of the paths where it is right, and why.
  var except: [String: String] = [:]

  func findings(_ files: [SourceFile]) -> [Finding] {
    files.filter { file in
      file.mentions(word) && !except.keys.contains { file.path.hasSuffix($0) }
    }
    .flatMap { file in
      file.code.indices.filter { stands(in: file.code[$0]) }
        .map { file.finding(line: $0, "\(word) is banned; \(instead)") }
    }
  }

  /// As a word of its own: neither a member of something else, nor the declaration of one.
  private func stands(in line: String) -> Bool {
    var rest = line[...]
    while let found = rest.firstRange(of: word) {
      let before = line[..<found.lowerBound].last
      let isPart = before.map { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." } ?? false
      if !isPart && !line[..<found.lowerBound].hasSuffix("func ") { return true }
      rest = line[found.upperBound...]
    }
    return false
  }
}

extension Rule {
  private static let waits = ["sleep(", "usleep(", "nanosleep(", "Thread.sleep(", "Task.sleep("]

  static let bannedInProducts = Rule(
    "products do not trap, print or sleep",
    planted: [
      SourceFile(
        "Sources/Kafka/A.swift",
        """
        // fatalError("in a comment")
        func fatalError(of client: Int) {}
        if isBad { fatalError("b") }
        let c = try! d(), e = f as! G
        print("h"); report.print("i")
        let j = Date()
        usleep(1)
        """)
    ],
    said: [
      "Sources/Kafka/A.swift:3: fatalError(\" is banned; throw a typed error: data never traps",
      "Sources/Kafka/A.swift:4: try! is banned; throw a typed error: data never traps",
      "Sources/Kafka/A.swift:4: as! is banned; throw a typed error: data never traps",
      "Sources/Kafka/A.swift:5: print( is banned; write to the context's output, or to the log",
      "Sources/Kafka/A.swift:6: Date() is banned; take ContinuousClock for waits, WallClock for stamps",
      "Sources/Kafka/A.swift:7: usleep( is banned; wait for an event, as MonotonicCondition does",
    ]
  ) { tree in
    let files = tree.files(under: "Sources/", ".swift")
      .filter { $0.module != "DaybookTesting" }
    let traps = ["fatalError(\"", "fatalError()", "try!", "as!"].map {
      Ban(word: $0, instead: "throw a typed error: data never traps")
    }
    // A clock that is set back prolongs a wait for one of these.
    let clocks = ["Date()", "Date(timeInterval", "wallDeadline", "DispatchWallTime"].map {
      Ban(word: $0, instead: "take ContinuousClock for waits, WallClock for stamps")
    }
    let sleeps = waits.map {
      Ban(
        word: $0, instead: "wait for an event, as MonotonicCondition does",
        except: [
          "/Pace.swift": "the rest until the next record is due is what it is for",
          "/Consumer+Cluster.swift": "librdkafka does not tell when a leader can be asked again",
          "/IngestPreflight.swift": "a database that is away does not tell when it is back",
          "/Reconciler+Months.swift": "nor when nobody detaches a partition any more",
          "/Reconciler+Summary.swift": "nor a replica when it has caught up",
        ])
    }
    let prints = [
      Ban(word: "print(", instead: "write to the context's output, or to the log")
    ]
    return (traps + prints + clocks + sleeps).flatMap { $0.findings(files) }
  }

  static let bannedInTests = Rule(
    "tests wait for events",
    planted: [SourceFile("Tests/KafkaTests/A.swift", "Thread.sleep(forTimeInterval: 1)\n")],
    said: [
      "Tests/KafkaTests/A.swift:1: Thread.sleep( is banned; ask eventually, or pause with the reason"
    ]
  ) { tree in
    let files =
      tree.files(under: "Tests/", ".swift")
      + tree.files(under: "Sources/DaybookTesting/", ".swift")
    return waits.flatMap {
      Ban(
        word: $0, instead: "ask eventually, or pause with the reason",
        except: ["DaybookTesting/Eventually.swift": "the one place that may"]
      ).findings(files)
    }
  }

  /// A licence for each file, in the form that tools read.
  static let licences = Rule(
    "files name their licence",
    planted: [SourceFile("Sources/Kafka/A.swift", "import Telemetry\n")],
    said: [
      "Sources/Kafka/A.swift:1: no licence; begin with // SPDX-License-Identifier: Apache-2.0"
    ]
  ) { tree in
    tree.files(".swift").filter { !$0.lines.prefix(2).joined().contains("SPDX-License-Identifier") }
      .map { $0.finding(line: 0, "no licence; begin with // SPDX-License-Identifier: Apache-2.0") }
  }

  /// Whatever is said of files is said from the root of the tree.
  static let machines = Rule(
    "nothing names a machine",
    planted: [SourceFile("ops/a", "cd /home/me/daybook\n")],
    said: ["ops/a:1: /home/ is of one machine; begin at the root of the tree, or take a variable"]
  ) { tree in
    tree.files.filter { $0.path != "Tests/TidyTests/Rules/Bans.swift" }.flatMap { file in
      ["home", "Users", "work"].map { "/\($0)/" }.filter(file.mentions).flatMap { word in
        file.lines.indices.filter { file.lines[$0].contains(word) }.map {
          file.finding(
            line: $0,
            "\(word) is of one machine; begin at the root of the tree, or take a variable")
        }
      }
    }
  }
}
