// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Postgres
import Sysexits
import Testing
import daybook

@Suite struct AuditCommandTests {
  /// Here a lock is what takes so long.
  @Test func aQuestionThatTakesTooLongNamesItsLimit() throws {
    try CommandScene.with { scene in
      var holder = try scene.database.connect()
      try holder.execute("BEGIN; LOCK TABLE rejected_records IN ACCESS EXCLUSIVE MODE")
      let (code, output) = try scene.run(["audit", "--scan-timeout", "1"])
      #expect(code == .temporary)
      #expect(output.contains("took longer than 1 s: raise scan_timeout"), "\(output)")
      try holder.execute("COMMIT")
      #expect(try scene.run(["audit", "--scan-timeout", "100"]).code == .success)
    }
  }
}
