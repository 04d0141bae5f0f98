// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// The rules of the house, read from the text of the tree: no server, no build.
@Suite struct TidyTests {
  @Test(arguments: Rule.all)
  func theTreeKeepsTheRule(_ rule: Rule) {
    for finding in rule.check(.here) { Issue.record("\(finding)") }
  }

  @Test(arguments: Rule.all)
  func aViolationIsFound(_ rule: Rule) {
    let said = rule.check(Tree(rule.planted)).map { $0.description }
    #expect(said == rule.said)
  }

  /// With DAYBOOK_UPDATE_DOCUMENTS=1 the list of migrations is written.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["DAYBOOK_UPDATE_DOCUMENTS"] == "1"))
  func theListOfMigrationsIsWritten() throws {
    try MigrationList.text(of: .here)
      .write(to: Tree.root.appending(path: MigrationList.path), atomically: true, encoding: .utf8)
  }

  @Test func theTreeIsRead() {
    #expect(Tree.here.files(under: "Sources/", ".swift").count > 300)
    #expect(Tree.here.documents.count > 20)
    #expect(Set(Rule.all.map(\.name)).count == Rule.all.count)
  }

  @Test func commentsAndLiteralsAreNoCode() {
    let text = """
      a("b(c)") // d
      e("\\(f("g"))h") /* i
      j */ k(#"l"m"#)
      n(\"""
        o \\(p)
        \""")
      """
    let code = [
      #"a("") "#, #"e("f("")") "#, ##" k(#""#)"##, ##"n(""""##, "p", ##"""")"##,
    ]
    #expect(SwiftCode.lines(of: text) == code)
  }
}
