// SPDX-License-Identifier: Apache-2.0

/// What may stand in the place of a value, as far as a shell can know it.
enum ValueSource: Equatable {
  case words([String])
  case files
  case directories
  case commands
  case unknown

  /// As `--help` names it: what is in capitals is asked for (`FILE|-…`, `[DIR]`), the rest is said
  /// as it stands (`N|low|high`).
  init(named name: String) {
    let parts = name.filter { !"[]…".contains($0) }.split(separator: "|").map(String.init)
    let words = parts.filter { part in
      part.contains(where: \.isLowercase) && !part.contains(where: \.isUppercase)
    }
    if !words.isEmpty {
      self = .words(words)
    } else if parts.contains(where: ["FILE", "PATH", "MANIFEST"].contains) {
      self = .files
    } else if parts.contains("DIR") {
      self = .directories
    } else {
      self = parts == ["COMMAND"] ? .commands : .unknown
    }
  }
}

extension OptionDeclaration {
  /// Nil for a toggle, which takes no value.
  var valueSource: ValueSource? {
    switch kind {
    case .toggle: nil
    case .choice(let words), .list(let words): .words(words)
    case .month, .time: .words(["last-month", "this-month"])
    case .integer, .fraction, .text: ValueSource(named: valueName)
    case .assignment, .address: .unknown
    }
  }
}
