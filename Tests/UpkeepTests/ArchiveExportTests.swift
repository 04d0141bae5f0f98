// SPDX-License-Identifier: Apache-2.0
import Archive
import CopyFormat
import DaybookTesting
import Foundation
import Postgres
import Testing
import Upkeep

/// Export, verification and restore of real partitions.
@Suite struct ArchiveExportTests {
  @Test(arguments: TestServer.all) func roundTrip(_ server: TestServer) throws {
    try ArchiveScene.with(on: server) { scene in
      try scene.fill(rows: 20_000)
      let manifest = try scene.export()
      #expect(manifest.rowCount == 20_000)
      let again = try ArchiveVerification.run(manifestPath: scene.manifestPath)
      #expect(again == manifest)
      #expect(manifest.sums.groups == (try scene.sums()))
      #expect(manifest.sums.totals.map(\.rows).reduce(0, +) == 20_000)
    }
  }
}
