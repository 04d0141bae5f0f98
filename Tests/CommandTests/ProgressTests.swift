// SPDX-License-Identifier: Apache-2.0
import Testing
import daybook

/// The line about a long command.
@Suite struct ProgressTests {
  @Test func rateAndRemainingTime() {
    #expect(
      Progress.line("exporting p", "rows", 250_000, 1_000_000, seconds: 2)
        == "exporting p  250,000 rows (25 %)  125,000 rows/s  6 s left")
    #expect(Progress.line("p", "rows", 5, nil, seconds: 1) == "p  5 rows  5 rows/s")
    #expect(Progress.line("p", "rows", 0, 10, seconds: 0) == "p  0 rows (0 %)  0 rows/s")
  }

  @Test func anEstimateThatWasTooLowIsNotAllOfIt() {
    let line = Progress.line("p", "rows", 30, 10, seconds: 1)
    #expect(line.contains("(99 %)"))
    #expect(!line.contains("left"))
  }

  @Test func numbersOfAHostileManifestDoNotTrap() {
    let line = Progress.line("p", "rows", .max, 1, seconds: 1e-300)
    #expect(line.contains("(99 %)"))
    #expect(Progress.line("p", "rows", 1, .max, seconds: 1e300).contains("(0 %)"))
    #expect(Progress.line("p", "rows", 1, .max, seconds: 60).hasSuffix(" s left"))
  }

  @Test func groups() {
    #expect(Progress.grouped(0) == "0")
    #expect(Progress.grouped(-1_234_567) == "-1,234,567")
    #expect(Progress.grouped(100_000) == "100,000")
  }
}
