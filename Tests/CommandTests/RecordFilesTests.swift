// SPDX-License-Identifier: Apache-2.0
import Foundation
import Sysexits
import Telemetry
import Testing
import Text
import daybook

/// `validate` and `produce` with files of every kind.
@Suite struct RecordFilesTests {
  private static let good = """
    {"invocation_id":"0190b7c2-6f3e-7c1a-9a53-2b1f0c9d7e11",\
    "occurred_at":"2026-08-21T09:15:02.123456Z","tenant_id":"acme","provider":"anthropic",\
    "request_model":"m","input_tokens":1,"output_tokens":2,"metadata":{"a":1,"b":"ë"}}
    """
  private static let other = good.replacing("7e11", with: "7e12")
  private static let bad = good.replacing("2026-08-21T", with: "2026-02-30T")

  private let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("daybook-\(UUID().uuidString)")

  /// A file in a folder of the test's own, compressed by the usual program.
  private func file(_ name: String, _ text: String, with compressor: String? = nil) throws -> String
  {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let file = folder.appendingPathComponent(name)
    try Data(text.utf8).write(to: file)
    guard let compressor else { return file.path }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [compressor, "-q", "-f", file.path]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return file.path + (compressor == "gzip" ? ".gz" : ".zst")
  }

  /// Exit code, and standard output or the message of the fault.
  private func run(
    _ arguments: [String], environment: [String: String] = [:]
  ) throws -> (code: ExitCode, output: String) {
    let path = try file("output", "")
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    do throws(CommandError) {
      let code = try Daybook.dispatch(
        arguments, environment, Output(descriptor: handle.fileDescriptor))
      return (code, (try? String(contentsOfFile: path, encoding: .utf8)) ?? "")
    } catch {
      return (error.exitCode, error.message)
    }
  }

  private func validate(_ arguments: String...) throws -> (code: ExitCode, output: String) {
    defer { try? FileManager.default.removeItem(at: folder) }
    return try run(["validate", "--table", "invocations"] + arguments)
  }

  @Test func severalFilesPlainAndCompressed() throws {
    let (code, output) = try validate(
      try file("a", Self.good + "\n"), try file("b", "\n\(Self.bad)", with: "gzip"),
      try file("c", "\(Self.other)\n\(Self.bad)\n", with: "zstd"))
    #expect(code == .data)
    #expect(output.contains("b.gz:2: bad_time: "))
    #expect(output.contains("c.zst:2: bad_time: "))
    #expect(output.contains("4 records: 2 accepted, 2 refused\n"))
  }

  @Test(arguments: ["gzip", "zstd"])
  func membersAndFramesFollowEachOtherAndNoneIsCut(compressor: String) throws {
    let one = try file("one", Self.good + "\n", with: compressor)
    let two = try file("two", Self.other + "\n", with: compressor)
    let bytes = try [one, two].map { try Data(contentsOf: URL(fileURLWithPath: $0)) }
    let whole = folder.appendingPathComponent("whole")
    try (bytes[0] + bytes[1]).write(to: whole)
    let arguments = ["validate", "--table", "invocations", whole.path]
    #expect(try run(arguments).output == "2 records: 2 accepted, 0 refused\n")
    try (bytes[0] + bytes[1].dropLast(3)).write(to: whole)
    #expect(try run(arguments).output.contains("ends within its compressed data"))
    var damaged = bytes[0]
    damaged[damaged.count / 2] ^= 0xff
    try damaged.write(to: whole)
    let (code, output) = try run(arguments)
    #expect(code == .data && output.contains("damaged"), "\(output)")
    try? FileManager.default.removeItem(at: folder)
  }

  /// What is no file of lines is named once, also inside of gzip; the files behind it are read.
  @Test(
    arguments: [
      ([0x4f, 0x62, 0x6a, 0x01, 0x04, 0x0a, 0x0a], "an Avro file"),
      (Array("PAR1\n\n".utf8), "a Parquet file"), (Array("BZh9\n".utf8), "bzip2"),
      ([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 0x0a], "xz"),
      ([0x50, 0x4b, 0x03, 0x04, 0x0a], "a ZIP archive"), ([0x04, 0x22, 0x4d, 0x18], "lz4"),
      (good.utf16.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] }, "iconv -f UTF-16"),
      (
        [0x0a, 0x1a, 0x12, 0x18, 0x12, 0x16, 0x0a, 0x10] + Array(0..<16) + [
          0x12, 0x02, 0x61, 0x62,
        ],
        "OTLP with spans"
      ),
      ([0x0a, 0x0d, 0x12, 0x0b, 0x12, 0x09, 0x09] + Array(0..<8), "OTLP with log records"),
      (Array("{\n  \"a\": 1\n}\n".utf8), "jq -c"), (Array("\n[{\"a\":1},\n{}]\n".utf8), "jq -c"),
    ] as [([UInt8], String)])
  func aFileWithoutLinesIsNamedOnce(bytes: [UInt8], name: String) throws {
    let path = try file("strange", "")
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    let (code, output) = try run(["validate", "--table", "invocations", path])
    #expect(code == .data)
    #expect(output.hasPrefix("\(path): not_ndjson: the file is "), "\(output)")
    #expect(output.contains(name))
    #expect(output.hasSuffix("1 records: 0 accepted, 1 refused\n  1 not_ndjson\n"), "\(output)")
    let packed = try file("packed", "")
    try Data(bytes).write(to: URL(fileURLWithPath: packed))
    let gzip = Process()
    gzip.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    gzip.arguments = ["gzip", "-q", "-f", packed]
    try gzip.run()
    gzip.waitUntilExit()
    let both = try validate("--json", packed + ".gz", try file("good", Self.good)).output
    #expect(both.contains(#""line":null,"accepted":false,"reason":"not_ndjson""#), "\(both)")
    #expect(both.contains(#""records":2,"accepted":1,"refused":1"#))
  }

  /// The first line alone does not make a document of a file.
  @Test(arguments: ["{\"a\":1,", "[1]", "[]", "", "{}", "\n\n\u{1}", "{\"a\":1} {"])
  func damagedLinesAreLines(first: String) throws {
    let output = try validate(try file("x", "\(first)\n\(Self.good)\n")).output
    #expect(!output.contains("not_ndjson"), "\(output)")
    #expect(output.contains(" 1 accepted"))
  }

  /// What grows to far more than a line is never held.
  @Test(arguments: [nil, "gzip", "zstd"])
  func aLineThatIsTooLongRefusesOnlyItself(compressor: String?) throws {
    let long = String(repeating: "a", count: 5 << 20)
    let (code, output) = try validate(
      try file("x", "\(Self.good)\n\(long)\n\(Self.other)\n\(long)", with: compressor))
    #expect(code == .data)
    #expect(output.contains("line 2: line_too_long: "))
    #expect(output.contains("line 4: line_too_long: "))
    #expect(output.contains("4 records: 2 accepted, 2 refused\n"))
  }

  @Test func aLineMayBringKeyAndHeaders() throws {
    let bare = Self.good.replacing(#""tenant_id":"acme","#, with: "")
    let type = #""headers":{"content-type":"text/csv"}"#
    let lines = [
      #"{"key":"acme","value":\#(Self.good)}"#, #"{"key":"acm","value":\#(Self.good)}"#,
      #"{"value":\#(Self.other),\#(type)}"#, #"{"key":"acme","value":\#(bare)}"#,
      #"{"value":null}"#, "[]",
      #"{"value":1,"headers":["content-type"]}"#,
      #"{"topic":"t","offset":3,"headers":["ce_id","1"],"key":"acme","payload":"{}"}"#,
    ]
    let path = try file("lines", lines.joined(separator: "\n"))
    let output = try run(["validate", "--table", "invocations", "--lines", "record", path]).output
    for expected in [
      "line 2: tenant_key_mismatch", "line 3: unsupported_content_type",
      "line 4: missing_field: tenant_id",
      "line 5: null_value", "line 6: not_a_record", "line 7: not_a_record", "line 8: missing_field",
      "8 records: 1 accepted, 7 refused",
    ] {
      #expect(output.contains(expected), "\(expected): \(output)")
    }
    let tenant = try validate("--lines", "record", "--key-is", "tenant", path).output
    #expect(!tenant.contains("line 4: missing"))
  }

  @Test func duplicatesInsideTheInput() throws {
    let again = Self.good.replacing(#"{"a":1,"b":"ë"}"#, with: #"{ "b":"\u00eb", "a":1.0 }"#)
    let conflict = Self.good.replacing(#""input_tokens":1"#, with: #""input_tokens":2"#)
    let first = try file("first", "\(Self.other)\n\(Self.good)\n")
    let second = try file("second", "\(again)\n\(conflict)\n\(Self.good)\n")
    let json = try run(["validate", "--table", "invocations", "--json", first, second]).output
    #expect(json.contains(#""line":1,"accepted":true,"duplicate_of":"\#(first):2"}"#), "\(json)")
    #expect(json.contains(#""duplicates":2,"#))
    let (code, output) = try validate(first, second)
    #expect(code == .data)
    #expect(output.contains("second:2: conflicting_duplicate: "))
    #expect(output.contains("(the other is \(first):2)"))
    #expect(output.contains("5 records: 4 accepted, 1 refused\n"))
    #expect(output.contains("2 of the accepted ones repeat an earlier line"))
  }

  /// A terminal gets none of what others wrote that it would act on; a pipe gets everything.
  @Test func aTerminalIsNotSpokenTo() throws {
    let path = try file("a\u{1B}[2J\u{9B}\u{202E}\u{200B}\u{FFF9}b", Self.bad)
    let arguments = ["validate", "--table", "invocations", path, path]
    #expect(try run(arguments).output.contains(path))
    let main = open("/dev/ptmx", O_RDWR | O_NOCTTY)
    var number: Int32 = 0
    var isLocked: Int32 = 0
    // TIOCGPTN and TIOCSPTLCK of Linux: the next terminal, and the lock that it begins with.
    #expect(ioctl(main, 0x8004_5430, &number) == 0)
    #expect(ioctl(main, 0x4004_5431, &isLocked) == 0)
    let terminal = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
    try #require(terminal >= 0)
    #expect(try Daybook.dispatch(arguments, [:], Output(descriptor: terminal)) == .data)
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = read(main, &bytes, bytes.count)
    let shown = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    #expect(shown.contains("a\u{FFFD}[2J\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}b:1: bad_time"), "\(shown)")
    let unsafe = shown.unicodeScalars.filter { $0.isUnsafeOnTerminal && $0 != "\n" && $0 != "\r" }
    #expect(unsafe.isEmpty)
    close(terminal)
    close(main)
    try? FileManager.default.removeItem(at: folder)
  }

  private static let brokers = ProcessInfo.processInfo.environment["DAYBOOK_TEST_KAFKA_BROKERS"]

  /// What was sent before a failure is told, and lines that are left out do not hide it.
  @Test(.enabled(if: brokers != nil, "needs DAYBOOK_TEST_KAFKA_BROKERS: run by ops/test"))
  func aProduceThatFailsSaysHowMuchWasSent() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let topic = "t-\(UUID().uuidString)"
    let environment = ["DAYBOOK_KAFKA_BROKERS": Self.brokers ?? ""]
    let command = ["produce", "--topic", topic, "--create-partitions", "1"]
    let line = #"{"key":"k","headers":{"h":null},"value":{"a":1}}"#
    let lines = try file("lines", "\(line)\n[]\n\(line)\n", with: "gzip")
    let (code, output) = try run(command + ["--lines", "record", lines], environment: environment)
    #expect(code == .data)
    #expect(output == "2 records to \(topic), 1 lines left out\n")
    let large = try file(
      "large", "{}\n{}\n{\"a\":\"\(String(repeating: "x", count: 5_000))\"}\n{}\n")
    let failed = try run(
      command + ["-X", "message.max.bytes=2000", large], environment: environment)
    #expect(failed.code != .success)
    #expect(
      failed.output.contains("; 2 of 2 records were acknowledged, 0 given up"), "\(failed.output)")
  }
}
