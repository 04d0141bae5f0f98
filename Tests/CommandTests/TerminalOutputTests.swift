// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Postgres
import Testing
import daybook

/// Commands on a terminal: what fits it, and everything when asked.
@Suite struct TerminalOutputTests {
  private static func run(
    _ database: TestDatabase, _ columns: UInt16, _ arguments: [String]
  ) throws -> String {
    guard let terminal = PseudoTerminal.open(columns: columns) else {
      Issue.record("there is no pseudo terminal here")
      return ""
    }
    let environment = ["DAYBOOK_DATABASE_URL": try database.settings().conninfo]
    _ = try Daybook.dispatch(arguments, environment, Output(descriptor: terminal.descriptor))
    return terminal.written()
  }

  private static func fill(_ database: TestDatabase) throws {
    try database.value(
      """
      INSERT INTO costs_monthly SELECT 'tenant-' || n, date '2026-08-01', '', 'openai',
          'gpt-5-mini-with-a-long-name-2026-08-0' || n, 'standard', 'USD', n * 1000.25, n * 1000, 0, 0,
          n * 1000000, 5, 0, 0, 0, now(), 'UTC' FROM generate_series(1, 4) AS n
      UNION ALL SELECT 'tenant-9', date '2026-08-01', '', 'openai', 'm', 'standard', 'XXX', 0, -2, 0, -2,
          -7, 0, 0, 0, 0, now(), 'UTC'
      """)
  }

  @Test func costsFitTheTerminalAndTheLargestComeFirst() throws {
    try TestDatabase.with { database in
      try Self.fill(database)
      let costs = ["costs", "--month", "2026-08", "--by", "model"]
      let narrow = try Self.run(database, 72, costs + ["--top", "2"])
      let lines = narrow.split(separator: "\n")
      #expect(lines.allSatisfy { $0.count <= 72 }, "\(narrow)")
      #expect(narrow.contains("4,001.00") && narrow.contains("3,000.75"))
      #expect(!narrow.contains("2,000.50") && !narrow.contains("failed"))
      // The total is that of all rows.
      #expect(narrow.contains("10,002.50") && narrow.contains("2 of 5 rows"))
      let wide = try Self.run(database, 72, costs + ["--wide"])
      #expect(wide.contains("gpt-5-mini-with-a-long-name-2026-08-04"))
      #expect(wide.contains("reasoning_output_tokens"))
      let ordered = try Self.run(database, 200, costs + ["--sort", "model", "--top", "1"])
      #expect(ordered.contains("1,000.25") && ordered.contains("1 of 5 rows"))
      #expect(throws: CommandError.self) {
        try Self.run(database, 72, costs + ["--sort", "price"])
      }
    }
  }

  @Test func aStatementSaysNoCurrencyAndExplainsNegativeCounts() throws {
    try TestDatabase.with { database in
      try Self.fill(database)
      for columns: UInt16 in [80, 200] {
        let shown = try Self.run(database, columns, ["periods", "show", "2026-08"])
        #expect(shown.contains("no currency") && !shown.contains("XXX"))
        #expect(shown.contains("negative counts (tenant-9): "))
        let list = try Self.run(database, columns, ["periods", "list"])
        #expect(list.contains("no currency") && !list.contains("XXX"))
      }
    }
  }
}
