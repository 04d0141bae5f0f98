// SPDX-License-Identifier: Apache-2.0
import Foundation
import Sysexits
import Testing
import daybook

/// Whole commands that need no server.
@Suite struct ProgramTests {
  /// Runs one command in this process; what it wrote to standard output.
  func run(
    _ arguments: [String], environment: [String: String] = [:]
  ) throws -> (code: ExitCode, output: String) {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("daybook-\(UUID().uuidString)")
    #expect(FileManager.default.createFile(atPath: file.path, contents: nil))
    defer { try? FileManager.default.removeItem(at: file) }
    let handle = try FileHandle(forWritingTo: file)
    let code = Daybook.run(
      arguments, environment: environment, output: Output(descriptor: handle.fileDescriptor))
    try handle.close()
    return (code, try String(contentsOf: file, encoding: .utf8))
  }

  func withFile(_ text: String, _ body: (String) throws -> Void) throws {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("daybook-\(UUID().uuidString)")
    try Data(text.utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    try body(file.path)
  }

  @Test func versionAndHelp() throws {
    #expect(try run(["--version"]) == (.success, "daybook \(Daybook.version)\n"))
    #expect(try run(["help"]).output.contains("  migrate up "))
    #expect(try run(["help", "offsets"]).output.contains("daybook offsets set:"))
    #expect(try run(["help", "nothing"]).code == .usage)
    #expect(try run([]).code == .usage)
  }

  @Test func validateNamesTheLineAndTheReason() throws {
    let good = """
      {"invocation_id":"0190b7c2-6f3e-7c1a-9a53-2b1f0c9d7e11",\
      "occurred_at":"2026-08-21T09:15:02.123456Z","tenant_id":"acme","provider":"anthropic",\
      "request_model":"m","input_tokens":1,"output_tokens":2}
      """
    let bad = good.replacing("2026-08-21T", with: "2026-02-30T")
    try withFile("\(good)\n\n\(bad)\n{\"a\":\n") { path in
      let (code, output) = try run(["validate", "--table", "invocations", path])
      #expect(code == .data)
      #expect(output.contains("line 3: bad_time: occurred_at"))
      #expect(output.contains("line 4: not_json: "))
      #expect(output.contains("3 records: 1 accepted, 2 refused"))
      let json = try run(["validate", "--table", "invocations", "--json", path]).output
      #expect(json.contains("{\"line\":1,\"accepted\":true}"))
      #expect(json.contains("\"line\":3,\"accepted\":false,\"reason\":\"bad_time\""))
      #expect(json.contains("{\"summary\":{\"records\":3,\"accepted\":1,\"refused\":2"))
    }
    try withFile(good) { path in
      let code = try run(["validate", "--table", "invocations", path]).code
      #expect(code == .success)
    }
    #expect(try run(["validate", "--table", "invocations", "/nowhere/x"]).code == .noInput)
    #expect(try run(["validate", "--table", "nothing", "-"]).code == .usage)
  }

  @Test(arguments: ["database_url", "admin_database_url"])
  func anEmptyConnectionStringAsksNoServer(_ key: String) throws {
    try withFile("\(key) =\n") { path in
      let code = try run(["migrate", "status", "--config", path]).code
      #expect(code == .configuration)
    }
  }

  @Test func generatingIsReproducible() throws {
    let line = [
      "produce", "--generate", "2000", "--seed", "9", "--bad", "0.05", "--duplicates", "0.02",
      "--end", "2026-11-21T00:00:00Z", "--dry-run", "--json",
    ]
    let first = try run(line).output.split(separator: "\"seconds\"").first
    let second = try run(line).output.split(separator: "\"seconds\"").first
    #expect(first != nil && first == second)
    #expect(first?.contains("\"produced\":2000,") == true)
    #expect(try run(["produce", "--generate", "5", "--formats", "plain"]).code == .usage)
    #expect(
      try run(["produce", "--generate", "5", "--bad", "0.9", "--duplicates", "0.9"]).code == .usage)
    #expect(try run(["produce", "--generate", "5"]).code == .configuration)
    let twice = ["--topic", "a=invocations", "--topic", "b=invocations"]
    #expect(try run(["produce", "--generate", "5", "--dry-run"] + twice).code == .usage)
  }

  @Test func configShowMasksSecrets() throws {
    let environment = [
      "DAYBOOK_DATABASE_URL": "postgres://u:geheim@db/x", "DAYBOOK_KAFKA_SASL_PASSWORD": "geheim",
      "DAYBOOK_SCHEMA_REGISTRY_LOGIN": "svc:geheim", "DAYBOOK_SCHEMA_REGISTRY": "http://s:geheim@r",
      "DAYBOOK_ARCHIVE_COMMAND": "PASSWORD=geheim cp %p /elsewhere",
    ]
    for flags in [[], ["--json"]] {
      let (code, output) = try run(["config", "show"] + flags, environment: environment)
      #expect(code == .success)
      #expect(!output.contains("geheim"))
      #expect(output.contains("postgres://u:***@db/x"))
      #expect(output.contains("environment DAYBOOK_KAFKA_SASL_PASSWORD"))
    }
  }

  @Test(
    arguments: [
      (["ingest"], [:], ExitCode.configuration),
      (["ingest", "--topic", "a=nothing"], ["DAYBOOK_KAFKA_BROKERS": "k:1"], .usage),
      (
        ["ingest", "-X", "enable.auto.commit=true"], ["DAYBOOK_KAFKA_BROKERS": "k:1"],
        .configuration
      ),
      (["ingest", "--gaps-allowed", "x"], ["DAYBOOK_KAFKA_BROKERS": "k:1"], .configuration),
      (["costs", "--month", "2026-08", "--from", "2026-08"], [:], .usage),
      (["costs", "--from", "2026-08-01T01:00:00Z"], [:], .usage),
      (["costs"], ["DAYBOOK_DATABASE_URL": "postgresql://u@127.0.0.1:1/x"], .unavailable),
      (["audit"], ["DAYBOOK_DATABASE_URL": "nonsense"], .configuration),
      (["offsets", "set", "--topic", "a", "--partition", "0", "--reason", "r"], [:], .usage),
    ] as [([String], [String: String], ExitCode)])
  func aFaultHasItsExitCode(
    arguments: [String], environment: [String: String], expected: ExitCode
  ) throws {
    let (code, output) = try run(arguments, environment: environment)
    #expect(code == expected)
    #expect(output.isEmpty)
  }
}
