// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import daybook

@Suite struct ManualTests {
  private static let pages = ManualPage.all(Commands.all)

  /// What reads man pages has nothing to say about them.
  @Test(arguments: [
    ["groff", "-man", "-ww", "-z", "-Tutf8", "-K", "utf8"],
    ["mandoc", "-T", "lint", "-W", "warning"],
  ])
  func everyPageIsCleanFor(reader: [String]) throws {
    guard ShellProgram.isThere(reader[0]) else { return }
    for page in Self.pages {
      let answer = try ShellProgram(name: reader[0]).run(
        Array(reader.dropFirst()), input: page.text)
      #expect(answer == (0, ""), "\(page.fileName)")
    }
  }

  /// As `man` shows it: what a person would copy is unchanged.
  @Test(.enabled(if: ShellProgram.isThere("man"))) func aPageReadsAsItWasDeclared() throws {
    let text = try #require(Self.pages.first { $0.name == "daybook-archive-export" }).text
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("daybook-\(UUID().uuidString).1")
    try Data(text.utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let answer = try ShellProgram(name: "man").run(["--warnings", "-E", "UTF-8", "-l", file.path])
    #expect(answer.code == 0)
    let command = try #require(Commands.all.first { $0.name == "archive export" })
    let words = answer.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    for option in command.flags { #expect(words.contains(option.explanation)) }
    for example in command.examples { #expect(words.contains(example.line)) }
    #expect(words.contains("daybook-archive-export - \(command.summary)"))
    #expect(!words.contains("warning"))
  }

  @Test func thereIsAPageForEachCommandAndForTheSettings() throws {
    #expect(Set(Self.pages.map(\.fileName)).count == Commands.all.count + 2)
    let overview = try #require(Self.pages.first { $0.fileName == "daybook.1" })
    for command in Commands.all {
      #expect(overview.text.contains(Roff.escaped(command.pageName + "(1)")))
    }
    let settings = try #require(Self.pages.first { $0.fileName == "daybook.conf.5" })
    for option in Options.settings { #expect(settings.text.contains(Roff.bold(option.fileKey))) }
  }

  @Test func textIsLiteral() {
    var roff = Roff("a", section: 1)
    roff.literal([".so /etc/passwd", "'\\fB", "x…"])
    roff.paragraph(".TH")
    #expect(roff.text.contains("\n.nf\n\\&.so /etc/passwd\n\\&\\(aq\\efB\nx\\[u2026]\n"))
    #expect(roff.text.hasSuffix(".PP\n\\&.TH\n"))
  }

  /// The day of the version is the one of its release.
  @Test func theDayIsThatOfTheChangelog() throws {
    let file = DocumentTests.root.appending(path: "CHANGELOG.md")
    let text = try String(contentsOf: file, encoding: .utf8)
    #expect(text.contains("## [\(Daybook.version)] - \(Daybook.versionDay)\n"))
  }

  @Test(arguments: [
    (["man", "prices"], "prices has several pages: give one of prices import, "),
    (["man", "ingets"], "unknown command ingets (did you mean ingest?)"),
    (["man", "--into", "/no/such/file"], "cannot create /no/such/file/daybook.1"),
  ])
  func aPageThatIsNotThereIsAFault(arguments: [String], message: String) throws {
    let fault = try #require(throws: CommandError.self) {
      try Daybook.dispatch(arguments, [:], Output(descriptor: 1))
    }
    #expect(fault.message.hasPrefix(message), "\(fault)")
  }
}
