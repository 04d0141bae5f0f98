// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import DaybookTesting
import Postgres
import Testing
import Upkeep

/// The reader against real catalogues.
@Suite struct CatalogReaderTests {
  @Test(arguments: TestServer.all)
  func aFreshDatabaseHasItsRunwayAndNothingToDo(_ server: TestServer) throws {
    try TestDatabase.with(.migrated, on: server) { database in
      var connection = try database.connect()
      let (now, sets) = try CatalogReader(schema: "public").read(&connection)
      #expect(
        sets.map(\.table) == ["audit_logs", "ingest_batches", "invocations", "rejected_records"])
      for set in sets {
        let wanted = (-1...3).map { now.month.advanced(by: $0) }
        #expect(set.partitions.map(\.month) == wanted)
        #expect(set.partitions.map(\.name) == wanted.map { "\(set.table)_\($0.partitionSuffix)" })
      }
      let plan = PartitionPlan.make(sets, now: now, schema: "public", hasArchivePlace: false)
      #expect(plan.actions.allSatisfy { $0.job == .close })
      #expect(plan.findings.isEmpty)
    }
  }
}
