// SPDX-License-Identifier: Apache-2.0
import JSON
import Kafka
import Records

/// What one line of a file stands for.
struct InputRecord {
  var key: [UInt8]?
  var headers: [RecordHeader] = []
  /// Nil for a tombstone.
  var value: [UInt8]?
}

/// What a line holds.
enum LineFormat: String, CaseIterable {
  /// The value of a record.
  case value
  /// An object: `key`, `headers`, and `value` (JSON) or `payload` (text), as `kcat -J` prints it.
  case record
}

/// Why a line is no record.
struct LineError: Error {
  let message: String
}

/// Takes lines apart. One thread.
final class InputRecordReader {
  private let parser = JSONParser()
  private let format: LineFormat

  init(_ format: LineFormat) {
    self.format = format
  }

  func record(of line: ArraySlice<UInt8>) throws(LineError) -> InputRecord {
    guard format == .record else { return InputRecord(value: Array(line)) }
    let result = unsafe line.withUnsafeBytes { bytes in
      Result { () throws(LineError) in try unsafe record(bytes) }
    }
    return try result.get()
  }

  private func record(_ line: UnsafeRawBufferPointer) throws(LineError) -> InputRecord {
    let tape: JSONTape
    do throws(JSONError) {
      tape = try unsafe parser.parse(line)
    } catch {
      throw Self.wrong("the line is not one JSON object (\(error))")
    }
    guard tape[0].kind == .object else { throw Self.wrong("the line is no object") }
    var record = InputRecord()
    var index = 1
    while index < tape.count {
      let name = unsafe tape[index].bytes
      let value = tape[index + 1]
      if unsafe name.elementsEqual("value".utf8) {
        record.value = unsafe value.kind == .null ? nil : Array(value.bytes)
      } else if unsafe name.elementsEqual("payload".utf8) {
        record.value = try Self.text(value, "payload")
      } else if unsafe name.elementsEqual("key".utf8) {
        record.key = try Self.text(value, "key")
      } else if unsafe name.elementsEqual("headers".utf8) {
        record.headers = try Self.headers(tape, index + 1)
      }
      index = tape[index].next
    }
    return record
  }

  /// An object of texts, or names and values in turn.
  private static func headers(_ tape: JSONTape, _ index: Int) throws(LineError) -> [RecordHeader] {
    let list = tape[index]
    guard [.object, .array, .null].contains(list.kind) else { throw wrong("headers is no object") }
    var headers: [RecordHeader] = []
    var name = index + 1
    while name < list.next {
      guard [.key, .string].contains(tape[name].kind), name + 1 < list.next else {
        throw wrong("headers has a name without a value")
      }
      unsafe headers.append(
        RecordHeader(
          String(decoding: tape[name].bytes, as: UTF8.self), try text(tape[name + 1], "a header")))
      name = tape[name + 1].next
    }
    return headers
  }

  private static func text(_ token: JSONToken, _ what: String) throws(LineError) -> [UInt8]? {
    switch token.kind {
    case .null: return nil
    case .string: return unsafe Array(token.bytes)
    default: throw wrong("\(what) is no text")
    }
  }

  private static func wrong(_ what: String) -> LineError {
    LineError(
      message: "\(what): give {\"key\": TEXT, \"headers\": {NAME: TEXT}, \"value\": RECORD} a line")
  }
}
