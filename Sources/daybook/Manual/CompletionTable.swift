// SPDX-License-Identifier: Apache-2.0

/// The table of commands as a shell walks through it, word by word; the same for each shell.
struct CompletionTable {
  struct Candidate {
    let word: String
    let meaning: String
  }

  /// What the flags of these names, or with none the operands, ask for.
  struct Wish {
    let flags: [String]
    let source: ValueSource
  }

  let commands: [CommandDeclaration]

  static let help = "help"

  /// Words that begin a command or are one: `archive`, `archive cat`.
  var chains: [String] {
    let beginnings = commands.flatMap { command in
      command.path.indices.map { command.path[...$0].joined(separator: " ") }
    }
    return Set(beginnings + [Self.help]).sorted()
  }

  /// The beginnings that words follow, with these.
  var groups: [(chain: String, next: [Candidate])] {
    ([""] + chains).compactMap { chain in
      let next = next(after: chain)
      return next.isEmpty ? nil : (chain, next)
    }
  }

  private func next(after chain: String) -> [Candidate] {
    let words = chain.split(separator: " ").map(String.init)
    let longer = commands.filter { $0.path.count > words.count && $0.path.starts(with: words) }
    var meanings = Dictionary(grouping: longer, by: { $0.path[words.count] })
      .mapValues(meaning)
    if chain.isEmpty { meanings[Self.help] = "explain a command" }
    return meanings.sorted { $0.key < $1.key }.map { Candidate(word: $0.key, meaning: $0.value) }
  }

  /// Of a word that begins them all; the shortest may be that word itself.
  private func meaning(_ group: [CommandDeclaration]) -> String {
    guard let first = group.min(by: { $0.path.count < $1.path.count }) else { return "" }
    let isCommand = group.count == 1 || group.allSatisfy { $0.path.starts(with: first.path) }
    return isCommand ? first.summary : group.compactMap(\.path.last).joined(separator: ", ")
  }

  func flags(of command: CommandDeclaration) -> [Candidate] {
    command.flags.flatMap { option in
      ([option.short.map { "-\($0)" }, option.flag].compactMap { $0 })
        .map { Candidate(word: $0, meaning: option.sentence) }
    }
  }

  /// Flags that take no value are left out.
  func wishes(of command: CommandDeclaration) -> [Wish] {
    var wishes = [Wish(flags: [], source: ValueSource(named: command.operandNames))]
    for option in command.flags {
      guard let source = option.valueSource else { continue }
      let names = [option.short.map { "-\($0)" }, option.flag].compactMap { $0 }
      wishes.append(Wish(flags: names, source: source))
    }
    return wishes
  }
}

extension CommandDeclaration {
  /// Secrets are none.
  var flags: [OptionDeclaration] { allOptions.filter { $0.sources != .secret } }
}
