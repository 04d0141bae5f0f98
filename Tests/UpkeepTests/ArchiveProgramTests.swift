// SPDX-License-Identifier: Apache-2.0
import Archive
import DaybookTesting
import Foundation
import Postgres
import Testing

/// `daybook archive`, as a program.
@Suite struct ArchiveProgramTests {
  private static let program = Bundle.main.bundleURL.appendingPathComponent("daybook").path

  private func command(_ scene: ArchiveScene, _ arguments: String) -> String {
    "DAYBOOK_ADMIN_DATABASE_URL=\"$CONNINFO\" DAYBOOK_ARCHIVE_DIR='\(scene.directory)'"
      + " exec '\(Self.program)' archive \(arguments)"
  }

  private func output(_ scene: ArchiveScene, _ arguments: String) throws -> String {
    let file = scene.directory + "/out"
    defer { try? FileManager.default.removeItem(atPath: file) }
    #expect(try scene.shell("(\(command(scene, arguments))) > '\(file)'") == 0, "\(arguments)")
    return try String(contentsOfFile: file, encoding: .utf8)
  }

  private func names(_ scene: ArchiveScene) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: scene.directory).sorted()
  }

  @Test func exportVerifyListCatRestore() throws {
    try ArchiveScene.with { scene in
      try scene.fill(rows: 3000)
      try scene.addExtremes()
      let dry = try output(scene, "export --table invocations --month 2026-06 --dry-run")
      #expect(dry.contains("REPEATABLE READ READ ONLY"))
      #expect(dry.contains("COPY (SELECT \"invocation_id\""))
      #expect(try names(scene).isEmpty)
      let text = try output(scene, "export --table invocations --month 2026-06")
      #expect(text.contains("3,003 rows"))
      #expect(try output(scene, "verify '\(scene.filePath)'").hasPrefix("ok: "))
      #expect(try output(scene, "list").contains("invocations_p20260601"))
      #expect(try output(scene, "restore '\(scene.manifestPath)'").contains("3,003 rows"))
      #expect(try output(scene, "restore '\(scene.manifestPath)' --dry-run").contains("COPY "))
      let lines = try output(scene, "cat '\(scene.manifestPath)'").split(separator: "\n")
      #expect(lines.count == 3003)
      #expect(try scene.shell("(\(command(scene, "export --partition \(scene.partition)")))") == 73)
    }
  }

  /// IST is read as the time of Israel and written for that of India.
  @Test func aSiteMayHaveItsOwnWayToWriteTimes() throws {
    try ArchiveScene.with { scene in
      let name = SQL.identifier(scene.database.name)
      try scene.database.value(
        "ALTER DATABASE \(name) SET timezone = 'Asia/Kolkata'; "
          + "ALTER DATABASE \(name) SET datestyle = 'SQL, DMY'")
      let dry = command(scene, "export --table invocations --month 2026-06 --dry-run")
      #expect(try scene.shell("unset PGTZ; \(dry) > /dev/null") == 0)
    }
  }

  /// What `cat` prints is what PostgreSQL itself makes of the rows.
  @Test(arguments: ["invocations", "audit_logs", "rejected_records", "ingest_batches"])
  func catPrintsWhatPostgreSQLPrints(_ table: String) throws {
    try ArchiveScene.with(table: table) { scene in
      if table == "invocations" {
        try scene.fill(rows: 50)
        try scene.addExtremes()
      } else {
        try scene.addRowsOfOtherTables()
      }
      _ = try scene.export()
      try Data(try output(scene, "cat '\(scene.manifestPath)'").utf8)
        .write(to: URL(fileURLWithPath: scene.directory + "/rows"))
      // Times differ in how they are written: they are compared as times.
      let difference = try scene.shell(
        """
        (echo 'CREATE TABLE lines (line jsonb);'; echo "COPY lines FROM STDIN
          WITH (FORMAT csv, QUOTE E'\\\\x01', DELIMITER E'\\\\x02');"; cat '\(scene.directory)/rows'
         echo '\\.'
         echo "CREATE TABLE again AS SELECT r.* FROM lines,
           jsonb_populate_record(NULL::\(scene.partition), line) AS r;
           DO \\$\\$ BEGIN IF EXISTS ((SELECT * FROM again EXCEPT ALL SELECT * FROM \(scene.partition))
             UNION ALL (SELECT * FROM \(scene.partition) EXCEPT ALL SELECT * FROM again))
           THEN RAISE 'the rows differ'; END IF; END \\$\\$;"
        ) | psql -Xq -v ON_ERROR_STOP=1 -d "$CONNINFO"
        """)
      #expect(difference == 0)
    }
  }

  @Test func aBadArchiveHasExitCode1() throws {
    try ArchiveScene.with { scene in
      try scene.fill(rows: 100)
      _ = try scene.export()
      #expect(try scene.shell("truncate -s -1 '\(scene.filePath)'") == 0)
      #expect(try scene.shell("(\(command(scene, "verify '\(scene.filePath)' > /dev/null")))") == 1)
      #expect(try scene.shell("(\(command(scene, "cat '\(scene.filePath)' > /dev/null")))") == 65)
    }
  }

  @Test func aKilledExportLeavesNothingThatPassesForAnArchive() throws {
    try ArchiveScene.with { scene in
      try scene.fill(rows: 60_000)
      // Killed as soon as there is something to see.
      let temporary = scene.filePath + ".tmp"
      let killed = try scene.shell(
        """
        (\(command(scene, "export --partition \(scene.partition) --level 19"))) & child=$!
        until [ -s '\(temporary)' ]; do kill -0 $child || exit 9; done
        kill -9 $child; wait $child; [ $? = 137 ]
        """)
      #expect(killed == 0)
      #expect(try names(scene) == [scene.partition + ".copy.zst.tmp"])
      #expect(try scene.export().rowCount == 60_000)
      #expect(try names(scene).count == 2)
    }
  }

  @Test func aStopEndsTheCommandThatStores() throws {
    try ArchiveScene.with { scene in
      try scene.fill(rows: 10)
      let (pid, export) = (
        scene.directory + "/pid",
        command(scene, "export --partition \(scene.partition) 2> /dev/null")
      )
      let code = try scene.shell(
        """
        export DAYBOOK_ARCHIVE_COMMAND='echo $$ > \(pid); exec sleep 300'
        (\(export)) & child=$!
        until [ -s '\(pid)' ]; do kill -0 $child || exit 9; done
        kill -TERM $child; wait $child; code=$?
        kill -0 $(cat '\(pid)') 2> /dev/null && exit 8
        exit $code
        """)
      #expect(code == 75)
    }
  }

  @Test(arguments: ["export --partition PARTITION", "verify MANIFEST"])
  func memoryIsBounded(_ arguments: String) throws {
    try ArchiveScene.with { scene in
      try scene.fill(rows: 250_000)
      if arguments.hasPrefix("verify") { _ = try scene.export() }
      let filled = arguments.replacing("PARTITION", with: scene.partition)
        .replacing("MANIFEST", with: scene.manifestPath)
      let script = scene.directory + "/script"
      try Data(command(scene, filled).utf8).write(to: URL(fileURLWithPath: script))
      // The kernel's high-water mark of this one program.
      let peak = scene.directory + "/peak"
      let code = try scene.shell(
        "python3 -c 'import resource, subprocess; subprocess.run([\"bash\", \"\(script)\"],"
          + " check=True); print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)'"
          + " | tail -1 > '\(peak)'")
      #expect(code == 0)
      let kibibytes = try String(contentsOfFile: peak, encoding: .utf8)
        .trimmingCharacters(in: .whitespacesAndNewlines)
      #expect((Int(kibibytes) ?? .max) < 64_000)
      #expect(try Manifest.read(scene.manifestPath).content.byteCount > 64 << 20)
    }
  }

  @Test func storedInS3() throws {
    let environment = ProcessInfo.processInfo.environment
    guard let url = environment["DAYBOOK_TEST_S3_URL"], let aws = environment["DAYBOOK_TEST_AWS"]
    else { return }
    try ArchiveScene.with { scene in
      try scene.fill(rows: 1000)
      let bucket = "b\(UUID().uuidString.lowercased())"
      let client = "'\(aws)' --endpoint-url \(url) s3"
      let setting =
        "export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_DEFAULT_REGION=eu-central-1"
        + " AWS_ENDPOINT_URL=\(url)"
      #expect(try scene.shell("\(setting); \(client) mb s3://\(bucket) > /dev/null") == 0)
      let commands =
        "export DAYBOOK_ARCHIVE_COMMAND=\"'\(aws)' s3 cp --only-show-errors %p s3://\(bucket)/%f\""
        + " DAYBOOK_RESTORE_COMMAND=\"'\(aws)' s3 cp --only-show-errors s3://\(bucket)/%f %p\""
      let export = command(scene, "export --partition \(scene.partition) > /dev/null")
      #expect(try scene.shell("\(setting); \(commands); (\(export))") == 0)
      // What was stored is an archive by itself.
      let fetched = scene.directory + "/fetched"
      #expect(
        try scene.shell(
          "\(setting); \(client) cp --recursive --only-show-errors s3://\(bucket)/ '\(fetched)'")
          == 0)
      let manifest = try ArchiveVerification.run(
        manifestPath: fetched + "/" + scene.partition + Manifest.manifestSuffix)
      #expect(manifest.rowCount == 1000)
      // Another bucket, which does not exist.
      let wrong = commands.replacing(bucket, with: "no-such-bucket")
      #expect(
        try scene.shell(
          "\(setting); \(wrong); (\(command(scene, "export --replace --partition \(scene.partition)"))) 2> '\(scene.directory)/error'"
        ) == 69)
      let words = try String(contentsOfFile: scene.directory + "/error", encoding: .utf8)
      #expect(words.contains("archive_command failed"))
    }
  }
}
