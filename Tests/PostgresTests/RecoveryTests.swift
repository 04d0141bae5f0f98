// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Postgres
import Sysexits
import Testing

/// What the writer does next depends on the SQLSTATE alone.
struct RecoveryTests {
  static let table: [(states: [String], recovery: PostgresError.Recovery)] = [
    (["40001", "40P01", "53100", "53200", "53300", "55P03", "55006", "57014"], .retry),
    (
      ["08000", "08006", "08P01", "25006", "25P03", "57P01", "57P02", "57P03", "58030", "XX000"],
      .reconnect
    ),
    (["22003", "22P02", "22P05", "22021", "23505", "23514", "23502", "54001"], .data),
    (["DB001"], .fenced),
    (
      ["28000", "28P01", "3D000", "3F000", "42501", "42P01", "42601", "0A000", "F0000", "P0001"],
      .stop
    ),
  ]

  @Test(arguments: table)
  func followsFromTheState(_ states: [String], _ recovery: PostgresError.Recovery) {
    for state in states {
      let error = PostgresError(SQLState(rawValue: state), "m", phase: .answered)
      #expect(error.recovery == recovery, "\(state)")
      #expect((64...78).contains(error.exitCode.rawValue), "\(state)")
    }
  }

  @Test func stateComesFromTheServer() throws {
    try TestDatabase.with(.empty) { database in
      var connection = try database.connect(.transactionPooler)
      for state in ["DB001", "40001", "53100", "23505"] {
        let error = #expect(throws: PostgresError.self) {
          try connection.execute("DO $$ BEGIN RAISE 'no' USING ERRCODE = '\(state)'; END $$")
        }
        #expect(error?.sqlState.rawValue == state)
      }
      let error = #expect(throws: PostgresError.self) {
        try connection.execute(
          "CREATE TEMP TABLE t (i int CONSTRAINT few CHECK (i < 3)); INSERT INTO t VALUES (3)")
      }
      #expect(error?.constraint == "few")
    }
  }
}
