// SPDX-License-Identifier: Apache-2.0
import Books
import CopyFormat
import Foundation
import Sysexits
import Testing
import daybook

/// An export that is killed half way goes on, or starts over when the data are others.
struct ExportResumeTests {
  @Test(arguments: ["csv", "ndjson", "focus"])
  func itGoesOnWhereItStood(_ format: String) throws {
    try Self.with { scene in
      let killed = try Self.export(scene, format, ["DAYBOOK_FAULT": "export.checkpointed:kill:2"])
      #expect(killed.status == 9)
      #expect(try Self.files(scene) == ["x.state", "x.tmp"])
      let resumed = try Self.export(scene, format)
      #expect(resumed.status == 0, "\(resumed.output)")
      #expect(resumed.output.contains("goes on behind"))
      #expect(try Self.files(scene) == ["x", "x.manifest.json"])
      let whole = try scene.command(
        "costs", "export", "--format", format, "--month", scene.second, "--output",
        scene.path("whole"))
      #expect(whole.code == .success)
      #expect(try scene.text("x") == scene.text("whole"))
      let manifests = try ["x", "whole"].map {
        try ExportManifest.read(scene.path($0 + ".manifest.json"))
      }
      #expect(manifests[0].tally == manifests[1].tally)
      #expect(manifests[0].sha256 == manifests[1].sha256)
      let verified = try scene.command(
        "costs", "export", "verify", scene.path("x.manifest.json"))
      #expect(verified.code == .success, "\(verified.output)")
    }
  }

  @Test func itStartsOverWhenTheDataChanged() throws {
    try Self.with { scene in
      _ = try Self.export(scene, "csv", ["DAYBOOK_FAULT": "export.checkpointed:kill:2"])
      try scene.run(
        """
        UPDATE costs_daily SET cost = cost + CASE tenant_id WHEN 't1' THEN 1 ELSE -1 END
         WHERE tenant_id IN ('t1', 't2') AND to_char(day, 'YYYY-MM-DD') = '\(scene.second)-03'
        """)
      let resumed = try Self.export(scene, "csv")
      #expect(resumed.status == 0)
      #expect(resumed.output.contains("starts over: the data or the request have changed"))
      let manifest = try ExportManifest.read(scene.path("x.manifest.json"))
      let sum = try scene.run(
        "SELECT trim_scale(sum(cost)) FROM costs_daily WHERE to_char(day, 'YYYY-MM') = '\(scene.second)'"
      )
      #expect(manifest.tally.costs["USD"]?.description == sum)
      _ = try scene.command(
        "costs", "export", "--month", scene.second, "--output", scene.path("whole"))
      #expect(try scene.text("x") == scene.text("whole"))
    }
  }

  @Test func itStartsOverWhenTheFileIsNotWhatWasWritten() throws {
    try Self.with { scene in
      _ = try Self.export(scene, "csv", ["DAYBOOK_FAULT": "export.checkpointed:kill:1"])
      var bytes = try Data(contentsOf: URL(fileURLWithPath: scene.path("x.tmp")))
      bytes[1000] ^= 1
      try bytes.write(to: URL(fileURLWithPath: scene.path("x.tmp")))
      let resumed = try Self.export(scene, "csv")
      #expect(resumed.output.contains("starts over: its file is not what was written"))
      let verified = try scene.command(
        "costs", "export", "verify", scene.path("x.manifest.json"))
      #expect(verified.code == .success, "\(verified.output)")
    }
  }

  /// The file has its name, and its manifest is missing.
  @Test func itIsFinishedWhenOnlyTheManifestIsMissing() throws {
    try Self.with { scene in
      let killed = try Self.export(scene, "csv", ["DAYBOOK_FAULT": "export.named:kill:1"])
      #expect(killed.status == 9)
      let again = try Self.export(scene, "csv")
      #expect(again.status == 0, "\(again.output)")
      let verified = try scene.command(
        "costs", "export", "verify", scene.path("x.manifest.json"))
      #expect(verified.code == .success, "\(verified.output)")
    }
  }

  /// Somebody has put another file there meanwhile.
  @Test func aStateDoesNotReplaceAnotherFile() throws {
    try Self.with { scene in
      let killed = try Self.export(scene, "csv", ["DAYBOOK_FAULT": "export.named:kill:1"])
      #expect(killed.status == 9)
      #expect(try Self.files(scene) == ["x", "x.state"])
      try (scene.text("x") + "\n").write(toFile: scene.path("x"), atomically: true, encoding: .utf8)
      let refused = try Self.export(scene, "csv")
      #expect(refused.status == 73 && refused.output.contains("--force"), "\(refused.output)")
    }
  }

  @Test func nothingIsLeftBesideAFinishedExport() throws {
    try Self.with { scene in
      for name in ["x.state", "x.state.tmp"] {
        try "{}".write(toFile: scene.path(name), atomically: true, encoding: .utf8)
      }
      let result = try Self.export(scene, "csv")
      #expect(result.status == 0, "\(result.output)")
      #expect(try Self.files(scene) == ["x", "x.manifest.json"])
    }
  }

  /// 60,000 lines are three checkpoints.
  private static func with(_ body: (FinanceScene) throws -> Void) throws {
    try FinanceScene.with { scene in
      try scene.run(
        """
        INSERT INTO costs_daily SELECT 't' || n % 2000, '\(scene.second)-01'::date + n / 2000, '',
          'anthropic', 'claude-x', 'standard', 'USD', n / 1000.0, n, 0, 0, n, n, 0, 0, 0,
          clock_timestamp() FROM generate_series(1, 55999) AS n
        """)
      try body(scene)
    }
  }

  private static func export(
    _ scene: FinanceScene, _ format: String, _ environment: [String: String] = [:]
  ) throws -> (status: Int32, output: String) {
    try scene.child(
      [
        "costs", "export", "--format", format, "--month", scene.second, "--output", scene.path("x"),
      ], environment)
  }

  private static func files(_ scene: FinanceScene) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: scene.directory.path)
      .filter { $0.hasPrefix("x") }.sorted()
  }
}
