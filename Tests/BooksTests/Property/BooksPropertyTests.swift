// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Foundation
import Testing

/// Any interleaving of ingest, late records, repricing, closing, reopening, changes of zones and
/// repairs keeps the sums, and closed months as they were.
@Suite struct BooksPropertyTests {
  private static let seeds = 20
  private static let steps = 25
  private static let first =
    UInt64(
      ProcessInfo.processInfo.environment["DAYBOOK_TEST_SEED"] ?? "") ?? 1

  @Test(arguments: TestServer.all)
  func everyInterleavingAddsUp(_ server: TestServer) throws {
    for seed in Self.first..<Self.first + UInt64(Self.seeds) {
      try BooksScene.with(on: server) { scene in
        var walk = BooksWalk(scene, seed: seed)
        for step in 1...Self.steps {
          let problems: [String]
          do { problems = try walk.step(isLast: step == Self.steps) } catch {
            problems = ["\(error)"]
          }
          guard problems.isEmpty else {
            Issue.record(
              """
              DAYBOOK_TEST_SEED=\(seed), \(server.name), step \(step): \(problems)
              after \(walk.steps.joined(separator: ", "))
              """)
            return
          }
        }
      }
    }
  }
}
