// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// The recipes of CONTRIBUTING.md fit the tree, and what they make keeps the rules.
@Suite struct RecipeTests {
  /// With DAYBOOK_REHEARSE=NAME the changes are written.
  @Test(arguments: Recipe.all)
  func theRecipeKeepsTheRules(_ recipe: Recipe) throws {
    let files = try recipe.carriedOut(on: .here)
    let changed = Set(files.map(\.path))
    let tree = MigrationList.written(
      in: Tree(Tree.here.files.filter { !changed.contains($0.path) } + files))
    for finding in Rule.all.flatMap({ $0.check(tree) }) { Issue.record("\(finding)") }
    guard ProcessInfo.processInfo.environment["DAYBOOK_REHEARSE"] == recipe.name else { return }
    for file in files + [tree[MigrationList.path]].compactMap(\.self) {
      try file.lines.joined(separator: "\n")
        .write(to: Tree.root.appending(path: file.path), atomically: true, encoding: .utf8)
    }
  }

  @Test func everyTargetOfMakeExists() {
    let makefile = Tree.here["Makefile"]?.lines ?? []
    let named = Tree.here.documents.flatMap(\.lines).flatMap { line in
      line.contains("`make ") ? line.matches(of: /`make ([a-z]+)/).map { String($0.1) } : []
    }
    #expect(named.count > 5)
    for target in Set(named) {
      #expect(makefile.contains { $0.hasPrefix(target + ":") }, "make \(target)")
    }
  }

  @Test func allAreRead() {
    #expect(
      Set(Recipe.all.map(\.name)).isSuperset(of: [
        "metric", "alert", "command", "setting", "column", "stream", "function",
      ]))
  }

  /// A step that is left out is missed.
  @Test func aRecipeWithoutItsStepsBreaksARule() throws {
    for recipe in Recipe.all where ["metric", "alert"].contains(recipe.name) {
      let files = try recipe.carriedOut(on: .here).prefix(1)
      let tree = Tree(Tree.here.files.filter { $0.path != files[0].path } + files)
      #expect(Rule.all.contains { !$0.check(tree).isEmpty }, "\(recipe.name)")
    }
  }
}
