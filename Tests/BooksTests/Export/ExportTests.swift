// SPDX-License-Identifier: Apache-2.0
import Books
import CopyFormat
import DaybookTesting
import Foundation
import Sysexits
import Testing

@testable import daybook

struct ExportTests {
  @Test func csvHoldsEveryLineAndItsManifestTheSums() throws {
    try FinanceScene.with { scene in
      let path = scene.path("out.csv")
      let result = try scene.command(
        "costs", "export", "--month", scene.first, "--output", path)
      #expect(result.code == .success, "\(result.output)")
      let text = try scene.text("out.csv")
      #expect(text.hasPrefix("tenant_id,tenant_name,payer,charge_day,billing_month,time_zone,"))
      #expect(text.contains("\"'=Acme, Inc.\",P-1,"))
      let today = try scene.run("SELECT to_char(now(), 'YYYY-MM-DD')") ?? ""
      #expect(!text.contains(today))
      let manifest = try ExportManifest.read(path + ".manifest.json")
      let lines = "FROM costs_daily WHERE to_char(day, 'YYYY-MM') = '\(scene.first)'"
      let expected = try scene.run("SELECT trim_scale(sum(cost)) " + lines) ?? ""
      let count = try scene.run("SELECT count(*) " + lines)
      #expect(manifest.tally.costs.mapValues(\.description) == ["USD": expected])
      #expect(text.split(separator: "\r\n").count == Int(manifest.tally.rows) + 1)
      #expect(String(manifest.tally.rows) == count)
      let verified = try scene.command("costs", "export", "verify", path + ".manifest.json")
      #expect(verified.code == .success)
    }
  }

  @Test(arguments: ["csv", "ndjson", "focus"])
  func theSameDataGiveTheSameBytes(_ format: String) throws {
    try FinanceScene.with { scene in
      for name in ["one", "two"] {
        let result = try scene.command(
          "costs", "export", "--format", format, "--month", scene.first, "--to-month", scene.second,
          "--output", scene.path(name))
        #expect(result.code == .success, "\(result.output)")
      }
      #expect(try scene.text("one") == scene.text("two"))
      let verified = try scene.command(
        "costs", "export", "verify", scene.path("one.manifest.json"),
        scene.path("two.manifest.json"))
      #expect(verified.code == .success, "\(verified.output)")
    }
  }

  @Test func aFinishedExportIsReplacedOnlyByForce() throws {
    try FinanceScene.with { scene in
      let arguments = ["costs", "export", "--month", scene.first, "--output", scene.path("x.csv")]
      let first = try scene.command(arguments).code
      let second = try scene.command(arguments).code
      let third = try scene.command(arguments + ["--force"]).code
      #expect([first, second, third] == [.success, .cannotCreate, .success])
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: scene.directory.path).sorted()
          == ["x.csv", "x.csv.manifest.json"])
    }
  }

  @Test func verificationFindsOneChangedDigit() throws {
    try FinanceScene.with { scene in
      let path = scene.path("x.csv")
      _ = try scene.command("costs", "export", "--month", scene.first, "--output", path)
      var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
      let digit = try #require(bytes.lastIndex(of: UInt8(ascii: "4")))
      bytes[digit] = UInt8(ascii: "5")
      try bytes.write(to: URL(fileURLWithPath: path))
      let result = try scene.command("costs", "export", "verify", path + ".manifest.json")
      #expect(result.code == .checkFailed)
      #expect(result.output.contains("SHA-256"))
    }
  }

  @Test func noLinesAreSaidToBeNone() throws {
    try FinanceScene.with { scene in
      let result = try scene.command(
        "costs", "export", "--month", "2001-01", "--output", scene.path("x.csv"))
      #expect(result.code == .success)
      #expect(result.output.contains(": 0 rows;"))
    }
  }

  @Test func rawLeavesTextAsItIs() throws {
    try FinanceScene.with { scene in
      _ = try scene.command(
        "costs", "export", "--month", scene.first, "--raw", "--output", scene.path("x.csv"))
      #expect(try scene.text("x.csv").contains("\"=Acme, Inc.\",P-1,"))
    }
  }

  /// A correction is exported by the month that bills it, or by the month that it comes from.
  @Test func bothBasesAddUp() throws {
    try FinanceScene.with { scene in
      try scene.close(scene.first)
      try scene.price("mystery", input: "0.000001", output: "0.000002")
      let repriced = try scene.command(
        "reprice", "--from", scene.first, "--to", scene.present, "--reason", "found", "--yes")
      #expect(repriced.code == .success, "\(repriced.output)")
      for (basis, month) in [("billing", scene.second), ("charge", scene.first)] {
        for by in ["day", "month"] {
          let path = scene.path("\(basis)-\(by).csv")
          let result = try scene.command(
            "costs", "export", "--month", month, "--basis", basis, "--by", by, "--output", path)
          #expect(result.code == .success, "\(result.output)")
          let manifest = try ExportManifest.read(path + ".manifest.json")
          let expected = try scene.run(
            """
            SELECT trim_scale(sum(cost)) FROM reporting.monthly_costs
             WHERE currency = 'USD' AND to_char(\(basis)_month, 'YYYY-MM') = '\(month)'
            """)
          #expect(manifest.tally.costs["USD"]?.description == expected)
          #expect(try scene.text("\(basis)-\(by).csv").contains(",Correction,reprice,found,"))
        }
      }
    }
  }

  /// Those whose months are in the file: by charge month also the one that bills the corrections.
  @Test func theManifestNamesTheStatementsOfItsLines() throws {
    try FinanceScene.with { scene in
      try scene.close(scene.first)
      try scene.price("mystery", input: "0.000001", output: "0.000002")
      _ = try scene.command(
        "reprice", "--from", scene.first, "--to", scene.present, "--reason", "found", "--yes")
      try scene.close(scene.second)
      for (basis, months) in [("billing", [scene.first]), ("charge", [scene.first, scene.second])] {
        let path = scene.path(basis)
        _ = try scene.command(
          "costs", "export", "--month", scene.first, "--basis", basis, "--output", path)
        let manifest = try ExportManifest.read(path + ".manifest.json")
        #expect(manifest.facts.statements.map(\.month) == months)
      }
    }
  }

  @Test func anotherProgramHasAnotherFingerprint() throws {
    try FinanceScene.with { scene in
      var books = try scene.books()
      let month = try #require(Month(scene.first))
      let fingerprints = try ["1", "2", "2"].map { version in
        try books.export(
          ExportRequest(format: .csv, first: month, last: month),
          to: ExportTarget(directory: scene.directory.path, name: "x", replacesExisting: true),
          toolVersion: version, progress: { _ in }, notice: { _ in }
        ).facts.fingerprint
      }
      #expect(fingerprints[0] != fingerprints[1] && fingerprints[1] == fingerprints[2])
    }
  }

  @Test func otherDataHaveAnotherFileName() throws {
    let month = try #require(Month("2026-08"))
    func name(_ tenant: String?, isRaw: Bool = false) -> String {
      ExportRequest(format: .csv, first: month, last: month, tenant: tenant, isRaw: isRaw).fileName
    }
    #expect(name(nil) == "costs-csv-day-2026-08.csv")
    #expect(name("acme", isRaw: true) == "costs-csv-day-raw-2026-08-acme.csv")
    // echo -n a/b | sha256sum
    #expect(name("a/b") == "costs-csv-day-2026-08-a_b-c14cddc0.csv")
    #expect(name("a/b") != name("a:b") && name("a_b") != name("a/b"))
  }

  @Test func worksThroughThePoolerForFinanceAlone() throws {
    try FinanceScene.with { scene in
      try scene.database.server.makeLogin("daybook_test_finance", memberOf: ["app_finance"])
      for format in ["csv", "focus"] {
        let result = try scene.command(
          "costs", "export", "--format", format, "--month", scene.first, "--output",
          scene.path(format), login: "daybook_test_finance")
        #expect(result.code == .success, "\(result.output)")
      }
      let pooled = try scene.command(
        "costs", "export", "--month", scene.first, "--output", scene.path("pooled"),
        route: .transactionPooler)
      #expect(pooled.code == .success, "\(pooled.output)")
      #expect(try scene.text("pooled") == scene.text("csv"))
    }
  }
}
