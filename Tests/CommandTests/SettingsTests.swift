// SPDX-License-Identifier: Apache-2.0
import Sysexits
import Testing
import daybook

@Suite struct SettingsTests {
  /// Settings of `config show` with these flags, variables and files.
  private func settings(
    _ flags: [String] = [], environment: [String: String] = [:], files: [String: String] = [:]
  ) throws -> Settings {
    let parsed = try ArgumentParser(commands: Commands.all).parse(["config", "show"] + flags)
    return try Settings(parsed, environment: environment) { (path) throws(CommandError) in
      guard let text = files[path] else { throw CommandError(.noInput, "no \(path)") }
      return Array(text.utf8)
    }
  }

  private func fault(
    _ flags: [String] = [], environment: [String: String] = [:], files: [String: String] = [:]
  ) throws -> CommandError {
    try #require(throws: CommandError.self) {
      try settings(flags, environment: environment, files: files)
    }
  }

  @Test func flagsWinOverEnvironmentOverFileOverDefault() throws {
    let file = ["d.conf": "# comment\nworkers = 4\ngroup = from-file\nbatch_age = 10\n"]
    let result = try settings(
      ["--config", "d.conf", "--workers", "2"],
      environment: ["DAYBOOK_WORKERS": "3", "DAYBOOK_GROUP": "from-env"], files: file)
    #expect(result.settings["workers"] == Setting(values: ["2"], origin: .flag("--workers")))
    #expect(
      result.settings["group"]
        == Setting(values: ["from-env"], origin: .environment("DAYBOOK_GROUP")))
    #expect(
      result.settings["batch-age"] == Setting(values: ["10"], origin: .file("d.conf", line: 4)))
    #expect(result.settings["batch-rows"] == Setting(values: ["20000"], origin: .default))
  }

  @Test func repeatedKeysAndCommaListsAreLists() throws {
    let file = ["d.conf": "topic = a=invocations\ntopic = b=audit_logs\n"]
    #expect(
      try settings(["--config", "d.conf"], files: file).settings["topic"]?.values
        == ["a=invocations", "b=audit_logs"])
    #expect(
      try settings(environment: ["DAYBOOK_TOPIC": "a=invocations,b=audit_logs"])
        .settings["topic"]?.values == ["a=invocations", "b=audit_logs"])
  }

  @Test(arguments: [
    (
      "wrokers = 2",
      "d.conf:1: unknown key wrokers (did you mean workers?): see daybook config show"
    ),
    ("\nworkers = many", "workers = many (d.conf:2): give an integer from 1 to 64"),
    ("workers = 1\nworkers = 2", "d.conf:2: workers is set twice: set it once"),
    ("workers", "d.conf:1: not understood: write key = value"),
    ("group = x\n[kafka", "d.conf:2: not understood: write key = value"),
    ("[unknown]\nworkers = 1", "d.conf:2: unknown key unknown.workers: see daybook config show"),
    (
      "kafka.client.rack = a\nkafka.security.protocol = SSL\n[kafka]\nsecurity.protocol = PLAINTEXT",
      "kafka property security.protocol (d.conf:4) is set twice: set it once"
    ),
    (
      "kafka.sasl.password = x\nkafka.sasl.password_file = /p",
      "kafka property sasl.password_file (d.conf:2) is set beside sasl.password: set one of the two"
    ),
    (
      "kafka.sasl.mechanism = PLAIN\n[kafka]\nsasl.mechanisms = GSSAPI",
      "kafka property sasl.mechanisms (d.conf:3) is set beside sasl.mechanism: set one of the two"
    ),
    (
      "database_url_file = /p\n\ndatabase_url = x",
      "d.conf:3: database_url is set beside database_url_file: set one of the two"
    ),
    (
      "admin_database_url_file = /p\nadmin_database_url_file = /q",
      "d.conf:2: admin_database_url_file is set twice: set it once"
    ),
    (
      "database_url = a ;b",
      "d.conf:1: a comment must stand on its own line: ' ;' would cut the value"
    ),
    (
      "group = x\nadmin_database_url =",
      "d.conf:2: admin_database_url has no value: give one, or remove the line"
    ),
    ("topic = ", "d.conf:1: topic has no value: give one, or remove the line"),
    (
      "database_url_file =",
      "d.conf:1: database_url_file has no value: give one, or remove the line"
    ),
    (
      "[kafka]\nclient.rack =",
      "d.conf:2: kafka.client.rack has no value: give one, or remove the line"
    ),
    ("workers = 1\n  group = x", "d.conf:2: a line must not begin with a blank"),
    (
      "database_url = " + String(repeating: "x", count: 300),
      "d.conf:1: a line is at most 198 bytes long: put a long value into a file of its own "
        + "(database_url_file, kafka.NAME_file) or into the environment"
    ),
  ])
  func aBadFileIsOneLineWithItsPlace(text: String, message: String) throws {
    let fault = try fault(["--config", "d.conf"], files: ["d.conf": text])
    #expect(fault == CommandError(.configuration, message))
  }

  @Test func theLongestLineIsReadWhole() throws {
    let value = String(repeating: "x", count: 198 - "group = ".count)
    let result = try settings(["--config", "d.conf"], files: ["d.conf": "group = \(value)"])
    #expect(result.settings["group"]?.values == [value])
  }

  /// Of a setting; a flag that is none may mean something by it.
  @Test(arguments: ["config", "group", "schema", "kafka-brokers"])
  func anEmptyFlagIsAnError(_ name: String) throws {
    #expect(
      try fault(["--\(name)", ""])
        == CommandError(.usage, "--\(name) has no value: give one, or leave it out"))
  }

  /// FOCUS would have a blank where it must have a name.
  @Test(arguments: ["--billing-account-id", "--billing-account-name", "--invoice-issuer"])
  func anEmptyNameOfFOCUSIsAnError(_ flag: String) throws {
    let parsed = try ArgumentParser(commands: Commands.all).parse(
      ["costs", "export", "--month", "2026-08", flag, ""])
    let fault = #expect(throws: CommandError.self) {
      try Settings(parsed, environment: [:]) { (_) throws(CommandError) in [] }
    }
    #expect(fault == CommandError(.usage, "\(flag) has no value: give one, or leave it out"))
  }

  @Test func anEmptyVariableIsNone() throws {
    let none = try settings(environment: ["DAYBOOK_CONFIG": ""])
    #expect(none.settings["config"] == nil)
    let group = try settings(
      ["--config", "d.conf"], environment: ["DAYBOOK_GROUP": ""], files: ["d.conf": "group = x\n"])
    #expect(group.settings["group"]?.values == ["x"])
  }

  @Test func aBadVariableIsNamed() throws {
    let fault = try fault(environment: ["DAYBOOK_WORKERS": "0"])
    #expect(
      fault.message == "workers = 0 (environment DAYBOOK_WORKERS): give an integer from 1 to 64")
  }

  @Test func kafkaPropertiesPassThroughFromAllThreePlaces() throws {
    let file = [
      "d.conf":
        "kafka.client.rack = a\nkafka.sasl.password = f\n[kafka]\nsecurity.protocol = SSL\n",
      "pw": "from-file\n",
    ]
    let result = try settings(
      ["--config", "d.conf", "-X", "client.rack=b"],
      environment: [
        "DAYBOOK_KAFKA_SASL_PASSWORD_FILE": "pw", "DAYBOOK_KAFKA_BROKERS": "k:1",
        "DAYBOOK_KAFKA_SASL_USERNAME": "u",
      ], files: file)
    let values = Dictionary(
      uniqueKeysWithValues: result.kafkaProperties.map { ($0.name, $0.value) })
    #expect(
      values == [
        "client.rack": "b", "sasl.password": "from-file", "sasl.username": "u",
        "security.protocol": "SSL",
      ])
  }

  @Test(
    arguments: [
      (
        ["DAYBOOK_DATABASE_URL": "x", "DAYBOOK_DATABASE_URL_FILE": "/p"], [],
        "environment DAYBOOK_DATABASE_URL_FILE is set beside DAYBOOK_DATABASE_URL: "
          + "set one of the two"
      ),
      (
        ["DAYBOOK_KAFKA_SASL_PASSWORD": "x", "DAYBOOK_KAFKA_SASL_PASSWORD_FILE": "/p"], [],
        "kafka property sasl.password_file (environment DAYBOOK_KAFKA_SASL_PASSWORD_FILE) is set "
          + "beside sasl.password: set one of the two"
      ),
      (
        ["DAYBOOK_KAFKA_LINGER_MS": "1", "DAYBOOK_KAFKA_QUEUE_BUFFERING_MAX_MS": "2"], [],
        "kafka property queue.buffering.max.ms "
          + "(environment DAYBOOK_KAFKA_QUEUE_BUFFERING_MAX_MS) is set beside linger.ms: "
          + "set one of the two"
      ),
      (
        [:], ["-X", "acks=1", "-X", "request.required.acks=all"],
        "kafka property request.required.acks (flag -X) is set beside acks: set one of the two"
      ),
      (
        ["DAYBOOK_KAFKA_CLIENT_RACK": "a"], ["-X", "client.rack=b", "-X", "client.rack=c"],
        "kafka property client.rack (flag -X) is set twice: set it once"
      ),
    ] as [([String: String], [String], String)])
  func oneSourceSaysOneThing(
    environment: [String: String], flags: [String], message: String
  ) throws {
    let fault = try fault(flags, environment: environment)
    #expect(fault == CommandError(.configuration, message))
  }

  /// An empty variable is none; between sources the nearer one counts.
  @Test func severalSourcesMaySayOneThingEach() throws {
    let files = [
      "d.conf": "database_url_file = url\nkafka.client.rack = a\nkafka.sasl.password_file = pw",
      "url": "from-file", "pw": "from-file",
    ]
    let nearer = try settings(
      ["--config", "d.conf", "-X", "client.rack=b"],
      environment: ["DAYBOOK_DATABASE_URL": "from-env", "DAYBOOK_KAFKA_SASL_PASSWORD": "from-env"],
      files: files)
    #expect(nearer.text(Options.databaseURL) == "from-env")
    #expect(nearer.kafkaProperties.map(\.value) == ["b", "from-env"])
    let empty = try settings(
      ["--config", "d.conf"],
      environment: ["DAYBOOK_DATABASE_URL": "", "DAYBOOK_DATABASE_URL_FILE": "url"], files: files)
    #expect(empty.text(Options.databaseURL) == "from-file")
  }

  /// Handed over by name, it would be the last one of the alphabet that counts.
  @Test func theNearerSourceWinsByEitherName() throws {
    let result = try settings(
      ["--config", "d.conf", "-X", "linger.ms=3", "-X", "compression.codec=gzip"],
      environment: ["DAYBOOK_KAFKA_SASL_MECHANISM": "PLAIN", "DAYBOOK_KAFKA_LINGER_MS": "2"],
      files: [
        "d.conf": "[kafka]\nqueue.buffering.max.ms = 1\nsasl.mechanisms = GSSAPI\n"
          + "compression.type = lz4\n"
      ])
    #expect(
      result.kafkaProperties.map { "\($0.name)=\($0.value)" }
        == ["compression.codec=gzip", "linger.ms=3", "sasl.mechanism=PLAIN"])
  }

  @Test(arguments: [
    "sasl.password", "ssl.key.password", "ssl.keystore.password", "ssl.key.pem",
    "sasl.oauthbearer.client.secret", "sasl.oauthbearer.config",
  ])
  func secretsAreRefusedAsArguments(name: String) throws {
    let fault = try fault(["-X", "\(name)=geheim"])
    #expect(fault.exitCode == .usage)
    #expect(fault.message.contains("kafka.\(name) in the file"))
    #expect(fault.message.contains("-X \(name)_file=PATH"))
    #expect(!fault.message.contains("geheim"))
  }

  @Test func placesOfSecretsAreNoSecrets() throws {
    let result = try settings(
      ["-X", "ssl.key.location=/etc/key", "-X", "sasl.password_file=pw"], files: ["pw": "geheim"])
    #expect(result.kafkaProperties.map(\.name) == ["sasl.password", "ssl.key.location"])
    #expect(result.kafkaProperties.map(\.shownValue) == ["***", "/etc/key"])
  }

  @Test func theDatabaseURLMayStandInAFileOfItsOwn() throws {
    let result = try settings(
      environment: ["DAYBOOK_DATABASE_URL_FILE": "url"], files: ["url": "postgres://h/d\r\n"])
    #expect(result.text(Options.databaseURL) == "postgres://h/d")
    #expect(
      try fault(environment: ["DAYBOOK_DATABASE_URL_FILE": "url"], files: ["url": "\n"])
        .exitCode == .configuration)
  }
}
