// SPDX-License-Identifier: Apache-2.0
import Foundation
import Sysexits
import Testing
import daybook

/// `profiles` and `validate --profile`: what somebody sees who tries a format.
@Suite struct ProfileCommandTests {
  private let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("daybook-\(UUID().uuidString)")

  private static let own = """
    [profile]
    stream = audit_logs
    about  = Doors.
    [skip]
    heartbeat = kind = "heartbeat"
    [columns]
    event_id    = uuid5("door", id)
    occurred_at = epoch_s(at)
    tenant_id   = header("x-house")
    action      = join(".", "door", kind)
    actor_id    = badge
    outcome     = if(opened = true, "success", "failure")
    """
  private static let opened =
    #"{"id":"1","at":1787303702,"kind":"open","badge":"b1","opened":true}"#

  private func write(_ name: String, _ text: String) throws -> String {
    let file = folder.appendingPathComponent(name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
    return file.path
  }

  private func run(_ arguments: String...) throws -> (code: ExitCode, output: String) {
    let path = try write("output", "")
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    do throws(CommandError) {
      let code = try Daybook.dispatch(arguments, [:], Output(descriptor: handle.fileDescriptor))
      return (code, (try? String(contentsOfFile: path, encoding: .utf8)) ?? "")
    } catch {
      return (error.exitCode, error.message)
    }
  }

  private func record(_ value: String, house: String = "h1") -> String {
    #"{"headers":{"X-House":"\#(house)"},"value":\#(value)}"# + "\n"
  }

  @Test func aFormatOfASiteIsTried() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    _ = try write("doors.profile", Self.own)
    let directory = folder.path
    let listed = try run("profiles", "list", "--profile-dir", directory, "--json").output
    #expect(listed.contains(#""profile":"doors","table":"audit_logs","format":"json""#))
    #expect(listed.contains(#""profile":"daybook""#) && listed.contains(#""profile":"otlp""#))
    #expect(try run("profiles", "show", "doors", "--profile-dir", directory).output == Self.own)

    let heartbeat = #"{"id":"2","at":1787303702,"kind":"heartbeat"}"#
    let broken = #"{"id":"3","at":"noon","kind":"open","badge":"b1","alarm_status":1}"#
    let file = try write(
      "doors.ndjson", record(Self.opened) + record(heartbeat) + record(broken) + record(Self.opened)
    )
    let (code, output) = try run(
      "validate", "--profile", "doors", "--profile-dir", directory, "--lines", "record", file)
    #expect(code == .data)
    #expect(output.contains("line 3: bad_epoch: occurred_at:"), "\(output)")
    #expect(output.contains("(at at, byte 15)") || output.contains("byte"), "\(output)")
    #expect(output.contains("line 3: not read: alarm_status"))
    #expect(output.contains("4 records, 4 items: 2 rows, 1 skipped, 1 refused"))
    #expect(output.contains("  1 skipped: heartbeat\n"))
    #expect(output.contains("1 of the rows repeat an earlier one"))
    #expect(output.contains("door.open"))

    let explained = try run(
      "profiles", "explain", "--profile", "doors", "--profile-dir", directory, "--lines", "record",
      "--json", file
    ).output
    #expect(explained.contains(#"{"column":"actor_id","value":"b1","from":"badge"}"#))
    #expect(explained.contains(#"{"column":"tenant_id","value":"h1","from":null}"#))
  }

  @Test func samplesAreComparedWithTheRowsExpectedOfThem() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let own = Self.own.replacing("header(\"x-house\")", with: "house")
    _ = try write("p/doors.profile", own)
    let directory = folder.appendingPathComponent("p").path
    #expect(try run("profiles", "test", directory).output.contains("doors: no samples"))
    let opened = Self.opened.replacing("\"id\"", with: "\"house\":\"h1\",\"id\"")
    _ = try write("p/doors/accepted.ndjson", opened + "\n" + #"{"kind":"heartbeat"}"# + "\n")
    _ = try write(
      "p/doors/expected.ndjson",
      #"[{"action":"door.open","occurred_at":"2026-08-21T11:15:02+02:00","outcome":"success"}]"#
        + "\n" + #"[{"skipped":"heartbeat"}]"# + "\n")
    _ = try write(
      "p/doors/rejected.ndjson",
      #"{"why":"missing_field","field":"tenant_id","record":\#(Self.opened)}"# + "\n")
    let (code, output) = try run("profiles", "test", directory)
    #expect(code == .success && output.contains("doors: 3 samples, 0 differences"), "\(output)")
    _ = try write(
      "p/doors/expected.ndjson", #"[{"action":"door.close"}]"# + "\n" + #"[{"action":"x"}]"# + "\n")
    let changed = try run("profiles", "test", directory)
    #expect(changed.code == .data)
    #expect(changed.output.contains(#"accepted.ndjson:1, item 0: action is "door.open""#))
    #expect(changed.output.contains("accepted.ndjson:2, item 0: skipped by heartbeat"))
  }

  @Test func faultsNameTheFileAndTheLine() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    _ = try write("doors.profile", Self.own.replacing("epoch_s(at)", with: "epoch(at)"))
    let (code, output) = try run("profiles", "list", "--profile-dir", folder.path)
    #expect(code == .configuration)
    #expect(output.contains("doors.profile:8: occurred_at: no function 'epoch'"), "\(output)")
    let missing = try run("profiles", "list", "--profile-dir", folder.path + "/none")
    #expect(missing.code == .noInput && missing.output.contains("check profile_dir"))
    let unknown = try run("profiles", "show", "cloudtrial")
    #expect(unknown.code == .usage && unknown.output.contains("cloudtrail"), "\(unknown)")
  }

  @Test(arguments: [
    ("a=invocations:otlp", nil), ("a=invocations:daybook", nil),
    ("a=audit_logs:otlp", "profile otlp fills invocations, not audit_logs"),
    ("a=invocations:nothing", "no profile nothing; there are auth0"),
    ("a=nothing:otlp", "unknown table nothing"),
  ])
  func aTopicHasAProfile(topic: String, fault: String?) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let config = try write(
      "daybook.conf", "topic = \(topic)\ndatabase_url = postgresql://h/d\nkafka_brokers = k:9092\n")
    let (code, output) = try run("config", "check", "--for", "ingest", "--config", config)
    if let fault {
      #expect(code != .success && output.contains(fault), "\(output)")
    } else {
      #expect(code == .success, "\(output)")
    }
  }

  @Test func ownContractIsAProfileToo() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let (code, output) = try run("profiles", "show", "daybook")
    #expect(code == .success)
    #expect(output.contains("input_tokens = input_tokens | gen_ai.usage.input_tokens | "))
    #expect(output.contains("stream = audit_logs\n"))
  }
}
