// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Foundation
import Kafka
import Testing

/// The servers of this run and the program under test.
enum Stack {
  static let environment = ProcessInfo.processInfo.environment
  static let brokers = environment["DAYBOOK_TEST_KAFKA_BROKERS"] ?? ""
  /// False for the small broker of the demo, which cannot do everything.
  static let isKafka = environment["DAYBOOK_TEST_KAFKA_KIND"] == "kafka"
  static let broker = isKafka ? "kafka" : "noida"
  static let isComplete =
    !brokers.isEmpty && environment["DAYBOOK_TEST_SERVERS_DIR"] != nil
    && TestServer.postgres15 != nil

  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// The program stands beside the tests.
  static let daybook = Bundle.main.bundleURL.appendingPathComponent("daybook")

  static func brokerPort() throws -> UInt16 {
    try #require(brokers.split(separator: ":").last.flatMap { UInt16($0) })
  }

  /// Settings for clients of the tests themselves.
  static var client: ClientSettings { ClientSettings(brokers: brokers) }

  /// Real records, where there are some.
  static let realData: URL? = {
    let place =
      environment["DAYBOOK_TEST_DATA_DIR"].map { URL(fileURLWithPath: $0) }
      ?? root.deletingLastPathComponent().appendingPathComponent("shared/data")
    let file = place.appendingPathComponent("cloudtrail.ndjson")
    return FileManager.default.fileExists(atPath: file.path) ? place : nil
  }()

  /// `ops/servers COMMAND NAME`; returns when it is done.
  static func servers(_ command: String, _ name: String) throws {
    try script("ops/servers", [command, name])
  }

  /// A signal to a server's process, as its pid file names it, and to its children.
  static func signal(_ name: String, _ signal: Int32) throws {
    let directory = try #require(environment["DAYBOOK_TEST_SERVERS_DIR"])
    let file = name.hasPrefix("postgres") ? "data/postmaster.pid" : "pid"
    let text = try String(contentsOfFile: "\(directory)/\(name)/\(file)", encoding: .utf8)
    let pid = try #require(text.split(separator: "\n").first.flatMap { pid_t($0) })
    #expect(kill(pid, signal) == 0)
    for child in try children(of: pid) { kill(child, signal) }
  }

  private static func children(of parent: pid_t) throws -> [pid_t] {
    try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { pid_t($0) }
      .filter { pid in
        // "pid (name) state ppid", and the name may have blanks and parentheses.
        guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
          let end = text.lastIndex(of: ")")
        else { return false }
        return text[end...].split(separator: " ").dropFirst(2).first == "\(parent)"
      }
  }

  /// Runs a program of the repository and expects it to succeed; its output.
  @discardableResult
  static func script(
    _ path: String, _ arguments: [String], _ more: [String: String] = [:]
  ) throws -> String {
    let log = FileManager.default.temporaryDirectory
      .appendingPathComponent("daybook-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: log) }
    let child = try Child(
      root.appendingPathComponent(path), arguments,
      environment: environment.merging(more) { $1 }, log: log)
    #expect(child.wait(seconds: 120) == .exit(0), "\(path) \(arguments): \(child.lastLines)")
    return child.output
  }
}
