// SPDX-License-Identifier: Apache-2.0
import Foundation
import Records
import Testing

@testable import SchemaRegistry

/// A registry behind TLS, as OpenSSL serves it.
@Suite struct RegistryTLSTests {
  @Test func theCertificateOfTheRegistryIsChecked() throws {
    try Self.serve { url, directory in
      var settings = try RegistrySettings(urls: url)
      #expect(throws: RegistryFault.self) { try RegistryClient(settings).schema(of: 7) }
      settings.authorityFile = directory.appending(path: "other.crt").path
      #expect(throws: RegistryFault.self) { try RegistryClient(settings).schema(of: 7) }
      settings.authorityFile = directory.appending(path: "server.crt").path
      guard case .avro = try RegistryClient(settings).schema(of: 7) else {
        Issue.record("no schema")
        return
      }
      settings.authorityFile = "/nowhere/ca.crt"
      #expect(throws: RegistryFault.self) { try RegistryClient(settings).schema(of: 7) }
    }
  }

  @Test func aCertificateIsShown() throws {
    try Self.serve(["-Verify", "1", "-CAfile", "other.crt"]) { url, directory in
      var settings = try RegistrySettings(urls: url)
      settings.authorityFile = directory.appending(path: "server.crt").path
      #expect(throws: RegistryFault.self) { try RegistryClient(settings).schema(of: 7) }
      settings.certificateFile = directory.appending(path: "other.crt").path
      settings.keyFile = directory.appending(path: "other.key").path
      guard case .avro = try RegistryClient(settings).schema(of: 7) else {
        Issue.record("no schema")
        return
      }
    }
  }

  private static func serve(
    _ more: [String] = [], _ body: (String, URL) throws -> Void
  ) throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    let ids = directory.appending(path: "schemas/ids")
    try FileManager.default.createDirectory(at: ids, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    try Data(#"{"schema":"\"int\""}"#.utf8).write(to: ids.appending(path: "7"))
    for name in ["server", "other"] {
      let request = try openssl(
        [
          "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=\(name)",
          "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "\(name).key", "-out",
          "\(name).crt",
        ], in: directory)
      request.waitUntilExit()
      try #require(request.terminationStatus == 0)
    }
    let output = Pipe()
    let server = try openssl(
      [
        "s_server", "-accept", "127.0.0.1:0", "-WWW", "-cert", "server.crt", "-key", "server.key",
      ] + more, in: directory, output)
    defer {
      // It inherits a mask that blocks the milder signals.
      kill(server.processIdentifier, SIGKILL)
      server.waitUntilExit()
    }
    var told = ""
    while !told.contains(/ACCEPT 127\.0\.0\.1:[0-9]+\n/) {
      let part = output.fileHandleForReading.availableData
      try #require(!part.isEmpty, "openssl s_server has ended: \(told)")
      told += String(decoding: part, as: UTF8.self)
    }
    let port = try #require(told.firstMatch(of: /127\.0\.0\.1:([0-9]+)/)).1
    try body("https://127.0.0.1:\(port)", directory)
  }

  private static func openssl(
    _ arguments: [String], in directory: URL, _ output: Pipe? = nil
  ) throws -> Process {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["openssl"] + arguments
    process.currentDirectoryURL = directory
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output ?? FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    return process
  }
}
