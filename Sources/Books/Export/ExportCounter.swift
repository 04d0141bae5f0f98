// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import JSON

/// Counts the rows of a data file and adds up their costs, in memory of a line's size.
struct ExportCounter {
  private(set) var tally = ExportTally()
  /// What cannot be understood; counting ends with it.
  private(set) var fault: String?
  private let isJSON: Bool
  private let parser = JSONParser()
  private let names: (cost: String, currency: String)
  private var columns: (cost: Int, currency: Int)?
  private var line: [UInt8] = []
  private var isInQuotes = false

  /// Far more than one row of ours; a file whose quotes never close would be one line.
  private static let lineBytesMax = 16 << 20
  private static let quote = UInt8(ascii: "\"")
  private static let newline = UInt8(ascii: "\n")

  init(_ format: String) {
    isJSON = format == "ndjson"
    names =
      format.hasPrefix("focus") ? ("BilledCost", "BillingCurrency") : ("cost", "currency")
  }

  mutating func count(_ bytes: UnsafeRawBufferPointer) {
    for index in 0..<bytes.count {
      let byte = unsafe bytes[index]
      guard fault == nil else { return }
      if byte == Self.quote, !isJSON { isInQuotes.toggle() }
      // A line break in quotes belongs to its cell.
      if byte == Self.newline, !isInQuotes {
        end()
      } else if line.count < Self.lineBytesMax {
        line.append(byte)
      } else {
        fault = "row \(tally.rows + 1) is longer than \(Self.lineBytesMax) bytes"
        line = []
      }
    }
  }

  mutating func finish() {
    if !line.isEmpty { fault = fault ?? "its last line has no end" }
  }

  private mutating func end() {
    defer { line.removeAll(keepingCapacity: true) }
    if isJSON {
      countJSON()
    } else {
      countCSV()
    }
  }

  private mutating func countCSV() {
    let cells = Self.cells(line)
    guard let columns else {
      guard let cost = cells.firstIndex(of: names.cost),
        let currency = cells.firstIndex(of: names.currency)
      else {
        fault = "its header has no \(names.cost) and \(names.currency)"
        return
      }
      self.columns = (cost, currency)
      return
    }
    guard max(columns.cost, columns.currency) < cells.count else {
      fault = "row \(tally.rows + 1) is too short"
      return
    }
    add(cells[columns.cost], cells[columns.currency])
  }

  private mutating func countJSON() {
    let found = unsafe line.withUnsafeBytes { bytes -> (String, String)? in
      guard let tape = try? unsafe parser.parse(bytes) else { return nil }
      var values: [String: String] = [:]
      var child = 1
      while child < tape.count {
        let key = unsafe String(decoding: tape[child].bytes, as: UTF8.self)
        let value = tape[child + 1]
        values[key] = unsafe value.kind == .null ? "" : String(decoding: value.bytes, as: UTF8.self)
        child = tape[child].next
      }
      guard let cost = values[names.cost], let currency = values[names.currency] else { return nil }
      return (cost, currency)
    }
    guard let found else {
      fault = "row \(tally.rows + 1) is not what was written"
      return
    }
    add(found.0, found.1)
  }

  private mutating func add(_ cost: String, _ currency: String) {
    tally.rows += 1
    guard !currency.isEmpty else { return }
    guard let amount = Amount(sum: cost), tally.add(amount, currency) else {
      fault = "row \(tally.rows) has no amount"
      return
    }
  }

  /// The cells of one line without its CRLF, unquoted.
  private static func cells(_ line: [UInt8]) -> [String] {
    var cells: [String] = []
    var cell: [UInt8] = []
    var isQuoted = false
    var index = 0
    let end = line.last == UInt8(ascii: "\r") ? line.count - 1 : line.count
    while index < end {
      let byte = line[index]
      if byte == quote {
        if isQuoted, index + 1 < end, line[index + 1] == quote {
          cell.append(quote)
          index += 1
        } else {
          isQuoted.toggle()
        }
      } else if byte == UInt8(ascii: ","), !isQuoted {
        cells.append(String(decoding: cell, as: UTF8.self))
        cell.removeAll(keepingCapacity: true)
      } else {
        cell.append(byte)
      }
      index += 1
    }
    return cells + [String(decoding: cell, as: UTF8.self)]
  }
}
