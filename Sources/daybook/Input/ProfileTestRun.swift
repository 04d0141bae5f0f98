// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Files
import Foundation
import Glibc
import JSON
import Records
import Sysexits

/// One run of `daybook profiles test`.
struct ProfileTestRun {
  private let context: CommandContext
  private let directory: String
  private let shelf: ProfileShelf
  private let names: [String]
  private let parser = JSONParser(isLenient: true)
  private var differences: [String] = []
  private var sampleCount = 0

  init(_ context: CommandContext) throws(CommandError) {
    self.context = context
    directory = context.operands[0]
    let own = try CommandContext.siteProfiles(in: directory)
    shelf = try CommandContext.shelf(own)
    names = own.keys.sorted()
    guard !names.isEmpty else {
      throw CommandError(
        .noInput, "\(directory) has no NAME.profile: give the directory of profiles")
    }
  }

  /// Whether everything is as expected.
  mutating func run() throws(CommandError) -> Bool {
    for name in names {
      let before = differences.count
      let samples = sampleCount
      try check(name)
      guard !context.wantsJSON else { continue }
      for difference in differences[before...] { try context.output.line(difference) }
      try context.output.line(
        "\(name): \(sampleCount - samples) samples, \(differences.count - before) differences")
    }
    if context.wantsJSON {
      try context.output.line(
        JSONValue.object([
          "profiles": .integer(names.count), "samples": .integer(sampleCount),
          "differences": .array(differences.map { .string($0) }),
        ]).text)
    }
    return differences.isEmpty
  }

  private mutating func check(_ name: String) throws(CommandError) {
    let profile = try CommandContext.profile(name, shelf)
    let judge = ItemJudge(
      profile, isStrict: false, now: .now(), schemas: try context.fileSchemas())
    let accepted = try lines(name, "accepted")
    let expected = try lines(name, "expected")
    if accepted.isEmpty {
      differences.append("\(name): no samples in \(directory)/\(name)/accepted.ndjson")
    }
    if accepted.count != expected.count {
      differences.append(
        "\(name): \(accepted.count) accepted samples, but \(expected.count) lines of what is expected"
      )
    }
    for (index, (sample, rows)) in zip(accepted, expected).enumerated() {
      sampleCount += 1
      compare(try judge.items(of: record(sample)), rows, "\(name)/accepted.ndjson:\(index + 1)")
    }
    for (index, line) in try lines(name, "rejected").enumerated() {
      sampleCount += 1
      try checkRejected(line, judge, "\(name)/rejected.ndjson:\(index + 1)")
    }
  }

  private func lines(_ name: String, _ kind: String) throws(CommandError) -> [[UInt8]] {
    let path = "\(directory)/\(name)/\(kind).ndjson"
    guard unsafe access(path, R_OK) == 0 else { return [] }
    let bytes = try FileBytes.read(path, bytesMax: 64 << 20)
    return bytes.split(separator: UInt8(ascii: "\n")).map(Array.init)
  }

  /// A text in quotes stands for its content.
  private func record(_ line: [UInt8]) -> InputRecord {
    guard line.first == UInt8(ascii: "\"") else { return InputRecord(value: line) }
    return InputRecord(value: read(line) { tape in unsafe Array(tape[0].bytes) } ?? line)
  }

  private func read<Result>(_ line: [UInt8], _ body: (JSONTape) -> Result) -> Result? {
    unsafe line.withUnsafeBytes { bytes in
      (try? unsafe parser.parse(bytes)).map(body)
    }
  }

  private mutating func compare(_ items: [ItemJudge.Item], _ line: [UInt8], _ place: String) {
    let found = read(line) { tape -> [String] in
      var expected: [Int] = []
      var element = 1
      while tape[0].kind == .array, element < tape[0].next {
        expected.append(element)
        element = tape[element].next
      }
      guard expected.count == items.count else {
        return ["\(place): \(items.count) items, \(expected.count) expected"]
      }
      return zip(items, expected).enumerated().flatMap { index, pair in
        Self.compare(pair.0, tape, pair.1).map { "\(place), item \(index): \($0)" }
      }
    }
    differences += found ?? ["\(place): what is expected is no JSON"]
  }

  private static func compare(_ item: ItemJudge.Item, _ tape: JSONTape, _ object: Int) -> [String] {
    var differences: [String] = []
    var key = object + 1
    while key < tape[object].next {
      let name = unsafe String(decoding: tape[key].bytes, as: UTF8.self)
      let value = key + 1
      key = tape[key].next
      switch item.outcome {
      case .refused(let findings):
        let what = findings.map { "\($0.rejection.reason.code) (\($0.path ?? "the record"))" }
        return ["refused: \(what.joined(separator: ", "))"]
      case .skipped(let rule):
        let wanted = unsafe String(decoding: tape[value].bytes, as: UTF8.self)
        if name != "skipped" || wanted != rule { return ["skipped by \(rule)"] }
      case .row(let fields):
        if name == "skipped" { return ["a row, and not skipped"] }
        guard let field = fields.first(where: { $0.column == name }) else {
          differences.append("there is no column \(name)")
          continue
        }
        if !isSame(field.value, tape, value) {
          differences.append("\(name) is \(RowReport.json(field.value).text)")
        }
      }
    }
    return differences
  }

  private static func isSame(_ found: RowField.Value, _ tape: JSONTape, _ value: Int) -> Bool {
    let wanted = tape[value]
    switch found {
    case .null: return wanted.kind == .null
    case .boolean(let flag): return wanted.kind == (flag ? .true : .false)
    case .number(let text): return isSame(number: text, wanted)
    case .text(let text):
      let other = unsafe String(decoding: wanted.bytes, as: UTF8.self)
      return wanted.kind == .string && (text == other || isSame(time: text, other))
    case .texts(let texts):
      let elements = value + 1..<max(value + 1, wanted.next)
      return wanted.kind == .array
        && texts == elements.map { unsafe String(decoding: tape[$0].bytes, as: UTF8.self) }
    case .json(let text):
      let canonical = CanonicalJSON()
      let left = Array(text.utf8)
      return unsafe left.withUnsafeBytes { left in
        unsafe canonical.bytes(of: left) == canonical.bytes(of: wanted.bytes)
      }
    }
  }

  private static func isSame(number: String, _ wanted: JSONToken) -> Bool {
    let other = unsafe String(decoding: wanted.bytes, as: UTF8.self)
    if let left = Amount(number), let right = Amount(other) { return left == right }
    return number == other
  }

  private static func isSame(time: String, _ other: String) -> Bool {
    func parsed(_ text: String) -> Timestamp? {
      let bytes = Array(text.utf8)
      return unsafe bytes.withUnsafeBytes { unsafe Timestamp(rfc3339: $0) }
    }
    return parsed(time).map { $0 == parsed(other) } ?? false
  }

  private mutating func checkRejected(_ line: [UInt8], _ judge: ItemJudge, _ place: String)
    throws(CommandError)
  {
    let parsed = read(line) { tape -> (String?, String?, Int?, [UInt8]?) in
      var (why, field, item): (String?, String?, Int?)
      var record: [UInt8]?
      var key = 1
      while tape[0].kind == .object, key < tape[0].next {
        let value = tape[key + 1]
        let text = unsafe String(decoding: value.bytes, as: UTF8.self)
        switch unsafe String(decoding: tape[key].bytes, as: UTF8.self) {
        case "why": why = text
        case "field": field = value.kind == .null ? nil : text
        case "item": item = Int(text)
        case "record", "raw": record = unsafe Array(value.bytes)
        case "base64": record = Data(base64Encoded: text).map(Array.init)
        default: break
        }
        key = tape[key].next
      }
      return (why, field, item, record)
    }
    guard let (why, field, item, record) = parsed, let why, let record else {
      return differences.append("\(place): not {\"why\": …, \"field\": …, \"record\": …}")
    }
    let items = try judge.items(of: InputRecord(value: record))
    guard items.indices.contains(item ?? 0) else {
      return differences.append("\(place): there are \(items.count) items")
    }
    guard case .refused(let findings) = items[item ?? 0].outcome else {
      return differences.append("\(place): not refused")
    }
    let isFound = findings.contains {
      $0.rejection.reason.code == why && $0.rejection.field(in: judge.profile.stream) == field
    }
    guard !isFound else { return }
    let what = findings.map {
      "\($0.rejection.reason.code) \($0.rejection.field(in: judge.profile.stream) ?? "")"
    }
    differences.append("\(place): refused as \(what.joined(separator: ", "))")
  }
}
