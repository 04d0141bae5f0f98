// SPDX-License-Identifier: Apache-2.0
import Archive
import DaybookTesting
import Foundation
import Sysexits
import Testing
import Upkeep

/// `daybook verify-restore` looks for the archives that the ledger counts with.
struct RestoredArchiveTests {
  @Test func theyAreReadBackAndTheMissingAndTheWrongAreNamed() throws {
    try MaintenanceScene.with { scene in
      #expect(try scene.report(.retain).outcome == .success)
      #expect(try archives(scene).faults == [])
      #expect(try archives(scene).count == 2)

      let manifests = try Manifest.paths(in: scene.directory)
      try #require(manifests.count == 2)
      try FileManager.default.removeItem(atPath: manifests[0])
      try scene.database.value(
        """
        UPDATE partition_retirements SET row_count = row_count + 1
         WHERE manifest_path LIKE '%\(manifests[1].split(separator: "/").last ?? "")'
        """)
      let faults = try archives(scene).faults
      #expect(faults.count == 2)
      #expect(faults.contains { $0.contains("\(manifests[0])") && $0.contains("No such file") })
      #expect(faults.contains { $0.contains("not the one that the ledger counts with") })
      #expect(try archives(scene).code == 1)
    }
  }

  /// The month was made again in between: each receipt has an archive of its own.
  @Test func bothArchivesOfAMonthThatLeftTwiceAreFound() throws {
    try MaintenanceScene.with(months: [20]) { scene in
      #expect(try scene.report(.retain).outcome == .success)
      try scene.fill(monthsAgo: 20, seed: 7, rows: 5)
      #expect(try scene.report(.retain).outcome == .success)
      let found = try archives(scene)
      #expect(found.count == 2)
      #expect(found.faults == [])
    }
  }

  private func archives(
    _ scene: MaintenanceScene
  ) throws -> (count: Int, faults: [String], code: Int32) {
    let (code, output) = try CommandRun(scene.database)(
      "verify-restore", "--json", "--archive-dir", scene.directory)
    let object = try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any]
    let faults = try #require(object?["archive_faults"] as? [[String: Any]])
    return (
      try #require(object?["archives"] as? Int), faults.compactMap { $0["fault"] as? String },
      code.rawValue
    )
  }
}
