// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Foundation
import Generator
import Kafka
import Postgres
import Testing

/// A database, topics and a consumer group of one test's own, and the processes that use them.
final class Scenario {
  let seed: UInt64
  let database: TestDatabase
  let load: Load
  let group: String
  let topics: [RecordGenerator.RecordKind: [String]]
  let directory: URL
  /// Of the processes that are started from now on.
  var terminal = Child.Terminal.ofTheTest
  private var processes: [Child] = []

  /// The broker lets a member go after this time without a sign of life; 6 s is noida-db's least.
  static let sessionSeconds = Stack.isKafka ? 2 : 6
  private static let login = "daybook_end_to_end"

  /// Makes everything, and removes the database and the logs after `body`.
  static func run(
    topicsPerStream: Int = 1, partitions: Int = 4, _ body: (Scenario) throws -> Void
  ) throws {
    let seed =
      Stack.environment["DAYBOOK_TEST_SEED"].flatMap { UInt64($0) } ?? .random(in: 0...999_999)
    print("\(Test.current?.name ?? ""): DAYBOOK_TEST_SEED=\(seed)")
    try TestDatabase.with { database in
      try database.server.makeLogin(login, memberOf: ["app_write"])
      let scenario = try Scenario(database, seed, topicsPerStream, partitions)
      try body(scenario)
      try FileManager.default.removeItem(at: scenario.directory)
    }
  }

  private init(
    _ database: TestDatabase, _ seed: UInt64, _ topicsPerStream: Int, _ partitions: Int
  ) throws {
    self.database = database
    self.seed = seed
    group = "e\(UInt32.random(in: 0...UInt32.max))"
    directory = FileManager.default.temporaryDirectory.appendingPathComponent("daybook-\(group)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    let admin = try Admin(settings: Stack.client)
    var topics: [RecordGenerator.RecordKind: [String]] = [:]
    for (stream, name) in [
      (RecordGenerator.RecordKind.invocations, "calls"), (.auditLogs, "events"),
    ] {
      for number in 0..<topicsPerStream {
        let topic = "\(group)-\(name)-\(number)"
        try admin.createTopic(
          topic, partitions: Int32(partitions), config: [("retention.ms", "-1")])
        topics[stream, default: []].append(topic)
      }
    }
    // A new topic takes a moment until every request knows it.
    let isKnown = try eventually(seconds: 20) {
      let known = try admin.topics()
      return topics.values.joined().allSatisfy { known[$0] == partitions }
    }
    #expect(isKnown)
    self.topics = topics
    load = try Load(seed: seed, topics: topics, partitions: partitions)
  }

  var allTopics: [String] { topics.values.joined().sorted() }

  /// Starts `daybook ingest` with small batches; without `batchRows` a file may say how small.
  func ingest(
    _ more: String..., workers: Int = 2, batchRows: Int? = 500,
    sessionSeconds: Int = Scenario.sessionSeconds, fault: String? = nil,
    environment: [String: String] = [:]
  ) throws -> Child {
    var arguments = ["ingest", "--group", groupOfTheLiving, "--workers", "\(workers)"]
    if let batchRows { arguments += ["--batch-rows", "\(batchRows)"] }
    arguments += ["-X", "session.timeout.ms=\(sessionSeconds * 1000)"]
    arguments += ["-X", "heartbeat.interval.ms=300", "--batch-age", "200"]
    for (stream, names) in topics {
      let table = stream == .invocations ? "invocations" : "audit_logs"
      for name in names { arguments += ["--topic", "\(name)=\(table)"] }
    }
    let fault = fault.map { ["DAYBOOK_FAULT": $0] } ?? [:]
    return try daybook(arguments + more, environment.merging(fault) { $1 })
  }

  /// Stores everything that is left, with a process that nothing happens to. `strategy` is that of
  /// members whom the broker may still count.
  func ingestRest(strategy: String = "range,roundrobin") throws {
    // Of a process that ended while its second worker joined, noida-db may not hear that it leaves.
    stillCounted += 1
    let last = try ingest("--until-end", "-X", "partition.assignment.strategy=\(strategy)")
    #expect(last.wait(seconds: 90) == .exit(0), "\(last.lastLines)")
  }

  /// Starts any command of the program with the settings of this test.
  func daybook(_ arguments: [String], _ environment: [String: String] = [:]) throws -> Child {
    let route = try database.settings(
      .transactionPooler, ["user": Self.login, "password": "test"])
    let child = try Child(
      Stack.daybook, arguments,
      environment: [
        "DAYBOOK_KAFKA_BROKERS": Stack.brokers, "DAYBOOK_DATABASE_URL": route.conninfo,
        "DAYBOOK_ADMIN_DATABASE_URL": try database.settings().conninfo,
        "PATH": Stack.environment["PATH"] ?? "",
      ].merging(environment) { $1 },
      terminal: terminal,
      log: directory.appendingPathComponent("\(processes.count + 1)-\(arguments[0]).log"))
    processes.append(child)
    return child
  }

  /// Processes whose deadline may have passed before the broker heard that they leave.
  var stillCounted = 0

  /// For noida-db, which waits for dead members much longer than their sessions, another group
  /// after each that has died.
  private var groupOfTheLiving: String {
    let dead = processes.count { $0.end != nil && $0.end != .exit(0) } + stillCounted
    return Stack.isKafka || dead == 0 ? group : "\(group)-\(dead)"
  }

  // MARK: What the database says

  /// A number that the superuser reads.
  func number(_ sql: String) throws -> Int {
    try database.value(sql).flatMap { Int($0) } ?? 0
  }

  /// Records that are accounted for.
  func seen() throws -> Int {
    try number("SELECT coalesce(sum(seen), 0) FROM ingest_batches")
  }

  /// Batches that this process has committed.
  func batches(of child: Child) throws -> Int {
    try number("SELECT count(*) FROM ingest_batches WHERE owner LIKE '%:\(child.pid)/%'")
  }

  /// Partitions that this process has claimed.
  func owned(by child: Child) throws -> Int {
    try number("SELECT count(*) FROM ingest_offsets WHERE owner LIKE '%:\(child.pid)/%'")
  }

  /// Waits until so many more records are accounted for.
  func expectProgress(of count: Int = 1, seconds: Int = 60, _ child: Child? = nil) throws {
    let before = try seen()
    let moved = try eventually(seconds: seconds) { try seen() >= before + count }
    #expect(moved, "\(child?.lastLines ?? "")")
  }

  /// Waits until everything that was sent is accounted for.
  func expectAllSeen(_ child: Child, seconds: Int = 60) throws {
    let all = try eventually(seconds: seconds) { try seen() >= load.sentCount }
    #expect(all, "\(child.lastLines)")
  }

  /// Asks the process to end, and expects that it does so in an orderly way.
  func expectOrderlyStop(_ child: Child, by signal: Int32 = SIGTERM, seconds: Int = 30) {
    child.send(signal)
    #expect(child.wait(seconds: seconds) == .exit(0), "\(child.lastLines)")
  }
}
