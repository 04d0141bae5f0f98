// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Foundation
import Postgres
import Testing

@testable import Upkeep

/// A file that cannot be written, in the middle of an archive.
@Suite struct FullDiskTests {
  private static let program = Bundle.main.bundleURL.appendingPathComponent("daybook").path

  /// The exit code of a process whose files hold so many KiB.
  private func retain(_ scene: MaintenanceScene, fileKibibytes: Int) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = [
      "-c",
      "trap '' XFSZ; ulimit -f \(fileKibibytes); exec '\(Self.program)' maintain --job retain",
    ]
    process.environment = ProcessInfo.processInfo.environment.merging([
      "DAYBOOK_ADMIN_DATABASE_URL": scene.settings.database.conninfo,
      "DAYBOOK_ARCHIVE_DIR": scene.directory,
    ]) { $1 }
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }

  @Test func aFileThatCannotGrowIsTheFailureOfItsPartition() throws {
    try MaintenanceScene.with(months: []) { scene in
      try scene.fill(monthsAgo: 20, rows: 40_000)
      try scene.fill(monthsAgo: 19)
      #expect(try retain(scene, fileKibibytes: 512) == 1)
      #expect(try scene.states() == "revoked dropped")
      let noted = try scene.database.value(
        "SELECT attempts || ' ' || last_error FROM partition_retirements WHERE state = 'revoked'")
      #expect(noted?.hasPrefix("1 ") == true && noted?.contains("File too large") == true)
      let files = try FileManager.default.contentsOfDirectory(atPath: scene.directory)
      let small = try scene.partition(monthsAgo: 19)
      #expect(files.allSatisfy { $0.hasPrefix(small) }, "\(files)")
      #expect(try retain(scene, fileKibibytes: 1 << 20) == 0)
      #expect(try scene.states() == "dropped dropped")
    }
  }
}
