// SPDX-License-Identifier: Apache-2.0
import Testing

/// Something that holds in the whole tree, with a violation that proves that it would be found.
struct Rule: Sendable, CustomTestStringConvertible {
  let name: String
  /// Breaks the rule.
  let planted: [SourceFile]
  /// What is said of it.
  let said: [String]
  let check: @Sendable (Tree) -> [Finding]

  init(
    _ name: String, planted: [SourceFile], said: [String],
    check: @escaping @Sendable (Tree) -> [Finding]
  ) {
    self.name = name
    self.planted = planted
    self.said = said
    self.check = check
  }

  var testDescription: String { name }

  static let all = [
    importsGoDown, foreignModules, fileSizes, functionSizes, widths, repetitions,
    bannedInProducts, bannedInTests, metricsAreListed, metricsAreUsed, namesExist, alerts, links,
    paths, licences, machines, migrationsAreListed, batchSteps,
  ]
}
