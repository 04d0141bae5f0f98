// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Foundation
import Testing

@testable import daybook

/// Each shell is asked itself what it would offer.
@Suite struct CompletionTests {
  struct Line: CustomTestStringConvertible, Sendable {
    /// What was typed; the last word is the one to complete.
    let words: [String]
    let offers: Set<String>
    /// Whether there may be more of them.
    var andMore = false

    var testDescription: String { words.joined(separator: " ") }
  }

  static let lines = [
    Line(words: ["mai"], offers: ["maintain"]),
    Line(words: ["help", "mig"], offers: ["migrate"]),
    Line(words: ["migrate", ""], offers: ["up", "down", "status", "print"]),
    Line(words: ["help", "prices", "alias", ""], offers: ["set", "list", "remove"]),
    Line(words: ["man", "migrate", "u"], offers: ["up"]),
    Line(words: ["ingest", "--wor"], offers: ["--workers"]),
    Line(words: ["costs", "--js"], offers: ["--json"]),
    Line(words: ["costs", "explain", "--ten"], offers: ["--tenant"]),
    Line(words: ["migrate", "up", "--log-level", "w"], offers: ["warn"]),
    Line(words: ["archive", "cat", "--format", ""], offers: ["copy", "ndjson"]),
    Line(words: ["costs", "--month", "l"], offers: ["last-month"]),
    Line(words: ["offsets", "set", "--to", ""], offers: ["low", "high"]),
    Line(words: ["ingest", "--workers", ""], offers: []),
    Line(words: ["completions", "z"], offers: ["zsh"]),
    Line(words: ["ingest", "--config", "d"], offers: ["d.conf"]),
    Line(words: ["costs", "--json", "--mon"], offers: ["--month"]),
    Line(words: ["archive", "verify", "--json", "d"], offers: ["d.conf"]),
    Line(words: ["costs", "-"], offers: ["--from", "--to", "-h", "--config"], andMore: true),
    Line(words: ["nothing", ""], offers: []),
  ]

  /// What a shell writes: a line for each candidate, behind whose tab its meaning stands.
  private func check(_ line: Line, _ output: String) {
    let offered = Set(
      output.split(separator: "\n").compactMap { $0.split(separator: "\t").first.map(String.init) })
    #expect(
      line.andMore ? offered.isSuperset(of: line.offers) : offered == line.offers, "\(output)")
  }

  /// Runs `body` in a directory with one file.
  private func withFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("daybook-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data().write(to: folder.appendingPathComponent("d.conf"))
    try body(folder)
  }

  private static let table = CompletionTable(commands: Commands.all)
  private static let bash = BashCompletion.script(table)

  private func askBash(_ words: [String], in folder: URL) throws -> String {
    let typed = (["daybook"] + words).map(ShellText.quoted).joined(separator: " ")
    return try ShellProgram(name: "bash").run(
      ["--norc", "-s"],
      input: Self.bash + "COMP_WORDS=(\(typed)) COMP_CWORD=\(words.count) COMP_TYPE=63\n"
        + "_daybook\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n", in: folder
    ).output
  }

  @Test(arguments: lines) func bashOffers(_ line: Line) throws {
    try withFolder { check(line, try askBash(line.words, in: $0)) }
  }

  /// bash makes three words of `--format=copy`.
  @Test func bashOffersValuesBehindTheSign() throws {
    try withFolder { folder in
      let all = try askBash(["archive", "cat", "--format", "="], in: folder)
      #expect(all == "copy\nndjson\n")
      let begun = try askBash(["archive", "cat", "--format", "=", "nd"], in: folder)
      #expect(begun == "ndjson\n")
    }
  }

  @Test(.enabled(if: ShellProgram.isThere("fish")), arguments: lines)
  func fishOffers(_ line: Line) throws {
    try withFolder { folder in
      let typed = (["daybook"] + line.words).joined(separator: " ")
      let answer = try ShellProgram(name: "fish").run(
        ["--no-config", "-c", "source; complete -C \(ShellText.quoted(typed))"],
        input: FishCompletion.script(Self.table), in: folder)
      check(line, answer.output)
    }
  }

  /// `compadd`, `_describe` and `_files` say what they were given instead of showing it.
  @Test(.enabled(if: ShellProgram.isThere("zsh")), arguments: lines)
  func zshOffers(_ line: Line) throws {
    try withFolder { folder in
      let typed = (["daybook"] + line.words).map(ShellText.quoted).joined(separator: " ")
      let answer = try ShellProgram(name: "zsh").run(
        ["-f", "-s"],
        input: """
          compdef() { }
          matching() { local word; for word; do [[ $word == $words[CURRENT]* ]] && print -r -- $word; done }
          compadd() { shift; matching "$@" }
          _describe() { matching "${(@)reply%%:*}" }
          _files() { matching *(N) }
          \(ZshCompletion.script(Self.table))
          words=(\(typed)) CURRENT=\(line.words.count + 1)
          _daybook

          """, in: folder)
      check(line, answer.output)
    }
  }

  @Test(arguments: [
    ("bash", BashCompletion.script(table)), ("zsh", ZshCompletion.script(table)),
    ("fish", FishCompletion.script(table)),
  ])
  func everyScriptIsUnderstood(shell: String, script: String) throws {
    guard ShellProgram.isThere(shell) else { return }
    let answer = try ShellProgram(name: shell).run(["-n"], input: script)
    #expect(answer == (0, ""))
    for command in Commands.all {
      #expect(script.contains("'\(command.name)'"))
      for option in command.flags { #expect(script.contains(option.flag)) }
      for secret in command.options where secret.sources == .secret {
        #expect(!script.contains(secret.flag))
      }
    }
  }

  @Test func anUnknownShellIsAFault() throws {
    let fault = try #require(throws: CommandError.self) {
      try Daybook.dispatch(["completions", "bsh"], [:], Output(descriptor: 1))
    }
    #expect(
      fault.message == "unknown shell bsh (did you mean bash?): give one of bash, zsh, fish")
  }
}
