// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Foundation
import Sysexits
import Testing
import daybook

/// Framed records of Avro in files.
@Suite struct AvroCommandTests {
  private let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("daybook-\(UUID().uuidString)")

  private static let schema =
    #"{"type":"record","name":"Door","fields":[{"name":"id","type":"string"},"#
    + #"{"name":"at","type":"long"},{"name":"badge","type":["null","string"]}]}"#
  private static let profile = """
    [profile]
    stream = audit_logs
    [columns]
    event_id    = uuid5("door", id)
    occurred_at = epoch_s(at)
    tenant_id   = "h1"
    action      = "door.open"
    actor_id    = badge
    outcome     = "success"
    """
  /// `{"id":"1","at":1787303702,"badge":"b1"}` by the schema 7.
  private static let record: [UInt8] =
    [0, 0, 0, 0, 7, 2, 0x31, 0xac, 0xdc, 0xc0, 0xa8, 0x0d, 2, 4, 0x62, 0x31]

  private func write(_ name: String, _ bytes: some Sequence<UInt8>) throws -> String {
    let file = folder.appendingPathComponent(name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
    return file.path
  }

  private func run(
    _ arguments: [String], _ environment: [String: String] = [:]
  ) throws -> (code: ExitCode, output: String) {
    let path = try write("output", [])
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    do throws(CommandError) {
      let code = try Daybook.dispatch(
        arguments, environment, Output(descriptor: handle.fileDescriptor))
      return (code, (try? String(contentsOfFile: path, encoding: .utf8)) ?? "")
    } catch {
      return (error.exitCode, error.message)
    }
  }

  private func arguments(_ command: [String], _ file: String) -> [String] {
    command + ["--profile", "doors", "--profile-dir", folder.path, "--json", file]
  }

  @Test func aRecordIsReadByTheSchemaOfADirectory() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    _ = try write("doors.profile", Self.profile.utf8)
    let file = try write("door.avro", Self.record)
    let directory = folder.appendingPathComponent("schemas").path
    _ = try write("schemas/7.avsc", Self.schema.utf8)
    let validate = arguments(["validate"], file)
    let with = try run(validate + ["--schema-dir", directory])
    #expect(with.code == .success && with.output.contains(#""actor_id":"b1""#), "\(with.output)")
    #expect(with.output.contains("2026-08-21T09:15:02"))
    let explained = try run(
      arguments(["profiles", "explain"], file) + ["--schema-dir", directory])
    #expect(explained.output.contains(#""from":"badge""#), "\(explained.output)")
    let without = try run(validate)
    #expect(without.code == .data && without.output.contains("schema_registry_format"))
    try FileManager.default.removeItem(atPath: directory + "/7.avsc")
    let unknown = try run(validate + ["--schema-dir", directory])
    #expect(unknown.code == .data && unknown.output.contains("unknown_schema"))
    #expect(try run(validate + ["--schema-dir", folder.path + "/nowhere"]).code == .noInput)
  }

  @Test func aRegistryIsAskedAndItsLoginNeverShown() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    _ = try write("doors.profile", Self.profile.utf8)
    let file = try write("door.avro", Self.record)
    let registry = TestRegistry()
    registry.require("daybook:word")
    registry.answer("/schemas/ids/7", .schema(Self.schema))
    let validate = arguments(["validate"], file) + ["--schema-registry", registry.url]
    let login = ["DAYBOOK_SCHEMA_REGISTRY_LOGIN": "daybook:word"]
    #expect(try run(validate, login).code == .success)
    let secret = try write("login", Array("daybook:word\n".utf8))
    #expect(
      try run(validate, ["DAYBOOK_SCHEMA_REGISTRY_LOGIN_FILE": secret]).code == .success)
    let refused = try run(validate, ["DAYBOOK_SCHEMA_REGISTRY_LOGIN": "daybook:other"])
    #expect(refused.code == .unavailable && refused.output.contains("schema_registry_login"))
    #expect(!refused.output.contains("other"))
    let both = try run(validate + ["--schema-dir", folder.path])
    #expect(both.code == .configuration && both.output.contains("schema_dir"))
  }

  /// A registry that is away is waited for: with such a file it would be for ever.
  @Test(arguments: ["ca", "certificate", "key"])
  func aFileOfTheRegistryThatCannotBeReadIsAWrongSetting(_ name: String) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    _ = try write("doors.profile", Self.profile.utf8)
    let file = try write("door.avro", Self.record)
    let registry = TestRegistry()
    registry.answer("/schemas/ids/7", .schema(Self.schema))
    let flags = ["--schema-registry", registry.url, "--schema-registry-\(name)"]
    for command in [arguments(["validate"], file), ["ingest", "--kafka-brokers", "127.0.0.1:1"]] {
      let (code, output) = try run(command + flags + ["/nowhere/x.pem"])
      #expect(code == .configuration)
      #expect(
        output.hasPrefix("schema_registry_\(name): cannot read /nowhere/x.pem: No such file"),
        "\(output)")
    }
    let words = try write("words.pem", "no certificate\n".utf8)
    let (code, output) = try run(arguments(["validate"], file) + flags + [words])
    #expect(code == (name == "key" ? .success : .configuration))
    #expect(output.contains("words.pem holds no certificate in PEM form") == (name != "key"))
  }
}
