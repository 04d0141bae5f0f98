// SPDX-License-Identifier: Apache-2.0
import Foundation
import Sysexits
import Testing
import daybook

/// `config check` says everything at once, and what a command says when it starts.
@Suite struct ConfigCheckTests {
  private let program = ProgramTests()

  private func check(
    _ file: String, _ flags: [String] = [], _ environment: [String: String] = [:]
  ) throws -> (code: ExitCode, lines: [String]) {
    var answer: (code: ExitCode, lines: [String])?
    try program.withFile(file) { path in
      let (code, output) = try program.run(
        ["config", "check", "--config", path] + flags, environment: environment)
      let lines = output.replacing(path, with: "d.conf").split(separator: "\n").map(String.init)
      answer = (code, lines)
    }
    return try #require(answer)
  }

  static let faulty = """
    wrokers = 2
    workers = many
    group
    batch_age = 1
     topic = x=invocations
    batch_rows = 1
    batch_rows = 2
    database_url = postgresql://u:geheim@host@b/d
    kafka_brokers = k:1
    kafka.enable.auto.commit = true
    kafka.sasl.mechanism = PLAIN
    kafka.client.rak = a
    kafka.fetch.min.bytes = much
    kafka.sasl.password_file = /no/such/file
    record_key = none=tenant
    topic = t=invocation
    """

  @Test func everyFaultIsSaidAtOnceWithItsPlace() throws {
    let (code, lines) = try check(
      Self.faulty, [], ["DAYBOOK_DRAIN_TIMEOUT": "0", "DAYBOOK_ADMIN_DATABASE_URL_FILE": "/none"])
    #expect(code == .configuration)
    for wanted in [
      "d.conf:1: unknown key wrokers (did you mean workers?)",
      "workers = many (d.conf:2): give an integer from 1 to 64",
      "d.conf:3: not understood: write key = value",
      "batch_age = 1 (d.conf:4): give an integer from 10 to 20000",
      "d.conf:5: a line must not begin with a blank",
      "d.conf:7: batch_rows is set twice: set it once",
      "database_url (d.conf:8): the connection string cannot be read",
      "kafka property enable.auto.commit (d.conf:10) is refused: offsets are kept",
      "kafka property client.rak (did you mean client.rack?) (d.conf:12) is not known",
      "kafka property fetch.min.bytes: Invalid value",
      "cannot read /no/such/file: No such file or directory",
      "record-key names topic none, which is not read",
      "unknown table invocation (did you mean invocations?): give one of audit_logs, invocations "
        + "(d.conf:16)",
      "drain_timeout = 0 (environment DAYBOOK_DRAIN_TIMEOUT)",
      "cannot read /none: No such file or directory: check the path and its permissions "
        + "(environment DAYBOOK_ADMIN_DATABASE_URL_FILE)",
    ] {
      #expect(lines.count { $0.contains(wanted) } == 1, "\(wanted)\n\(lines)")
    }
    #expect(lines.count == 15, "\(lines)")
    #expect(!lines.joined().contains("geheim"))
  }

  /// Nothing is silently the one that counts, and the rest is looked at all the same.
  @Test func whatIsSaidTwiceIsAFault() throws {
    let (code, lines) = try check(
      """
      database_url = postgresql://h/d
      database_url_file = /no/such/file
      kafka_brokers = k:1
      kafka.security.protocol = SSL
      kafka.security.protocol = PLAINTEXT
      kafka.client.rak = a
      kafka.acks = 1
      kafka.request.required.acks = all
      """)
    #expect(code == .configuration && lines.count == 4, "\(lines)")
    #expect(
      lines.last?.contains("request.required.acks (d.conf:8) is set beside acks") == true)
    #expect(lines.first?.contains("d.conf:2: database_url_file is set beside database_url") == true)
    #expect(lines.dropFirst().first?.contains("security.protocol (d.conf:5) is set twice") == true)
  }

  /// Of a connection string it would be libpq's default server, of FOCUS a column without a name.
  @Test func noSettingIsEmpty() throws {
    let keys = Options.settings.map(\.fileKey) + ["database_url_file", "kafka.client.rack"]
    let (code, lines) = try check(keys.map { "\($0) =\n" }.joined())
    #expect(code == .configuration)
    let wanted = keys.enumerated().map { index, key in
      "d.conf:\(index + 1): \(key) has no value: give one, or remove the line"
    }
    #expect(lines == wanted)
  }

  /// The file says nothing of it that could count, whatever the environment says.
  @Test func anEmptyKeyIsAFaultBesideAVariable() throws {
    for value in ["", "postgresql://h/d"] {
      let (code, lines) = try check(
        "admin_database_url =\n", [], ["DAYBOOK_ADMIN_DATABASE_URL": value])
      #expect(code == .configuration && lines.count == 1, "\(lines)")
    }
  }

  @Test(arguments: ["bootstrap.servers", "metadata.broker.list"])
  func whatIsRefusedIsRefusedByEitherName(_ name: String) throws {
    let (code, lines) = try check("kafka_brokers = k:1\nkafka.\(name) = k:2")
    #expect(code == .configuration)
    #expect(
      lines == ["kafka property \(name) (d.conf:2) is refused: set the brokers instead"])
  }

  @Test func jsonNamesThePlaceOfEachFault() throws {
    let (code, lines) = try check("workers = many\ngroup = g\nnothing = 1\n", ["--json"])
    #expect(code == .configuration)
    let root = try #require(
      try JSONSerialization.jsonObject(with: Data(lines.joined().utf8)) as? [String: Any])
    #expect(root["ok"] as? Bool == false)
    let faults = try #require(root["faults"] as? [[String: String]])
    #expect(faults.compactMap { $0["origin"] } == ["d.conf:1", "d.conf:3"])
    #expect(try check("", ["--json"]).lines == [#"{"ok":true,"faults":[]}"#])
  }

  /// What only a command that reads from Kafka needs is asked for it alone.
  @Test func aCommandIsCheckedForWhatItNeeds() throws {
    let nothing = ["nothing is wrong with the settings"]
    #expect(try check("") == (.success, nothing))
    #expect(try check("kafka.client.rak = a", ["--for", "maintain"]) == (.success, nothing))
    let ingest = try check("", ["--for", "ingest"])
    #expect(ingest.code == .configuration)
    #expect(ingest.lines.first?.contains("kafka-brokers is not set") == true)
    let complete = "kafka_brokers = k:1\nkafka.session.timeout.ms = 900\n"
    let contradiction = try check(
      complete + "kafka.heartbeat.interval.ms = 800", ["--for", "ingest"])
    #expect(contradiction.lines.count == 1, "\(contradiction)")
    #expect(contradiction.lines.first?.contains("is more than half of") == true)
    let long = try check(
      "kafka_brokers = k:1\nkafka.session.timeout.ms = 3000000", ["--for", "ingest"])
    #expect(long.code == .configuration && long.lines.count == 1, "\(long)")
    #expect(long.lines.first?.contains("is more than max.poll.interval.ms=600000") == true)
    #expect(try check("", ["--for", "archive"]) == (.success, nothing))
    #expect(try check("", ["--for", "ingets"]).code == .usage)
    #expect(try check("restore_command = x", ["--workers", "3"]).code == .success)
  }

  @Test func aFileOfASettingThatIsNotThereIsAFault() throws {
    let registry = "schema_registry = https://r:1\nschema_registry_ca = /no/such/ca.pem"
    let (code, lines) = try check(registry)
    #expect(code == .configuration)
    #expect(lines.count == 1 && lines.first?.hasPrefix("schema_registry_ca: cannot read ") == true)
    #expect(try check(registry, ["--for", "audit"]).code == .success)
  }

  @Test func aFileThatIsNotThereIsAFault() throws {
    let (code, output) = try program.run(["config", "check", "--config", "/no/such/file"])
    #expect(code == .configuration)
    #expect(output.hasPrefix("cannot read /no/such/file: No such file or directory"))
  }

  /// Taken as it is printed, and with every # taken away.
  @Test func theTemplateHasNoFault() throws {
    let template = try program.run(["config", "template"]).output
    #expect(try check(template).code == .success)
    let settings = Options.settings.map(\.fileKey).filter { $0 != "config" }
    let inForce = template.split(separator: "\n").filter {
      $0.hasPrefix("#") && $0.dropFirst().first != " "
    }
    for key in settings {
      #expect(inForce.contains { $0.hasPrefix("#\(key) = ") || $0.hasPrefix("#\(key)_file = ") })
    }
    let taken = inForce.map { String($0.dropFirst()) }
      .filter { !$0.contains("_file") && $0.contains(where: \.isNumber) }
    #expect(taken.count > 8)
    #expect(try check(taken.joined(separator: "\n")).code == .success)
  }
}
