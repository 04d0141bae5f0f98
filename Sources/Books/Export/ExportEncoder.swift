// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Sysexits
import Text

/// Turns lines into the bytes of one format, and counts what it wrote.
///
/// Nothing in the bytes depends on the run: the same lines give the same file.
struct ExportEncoder {
  private let format: ExportFormat
  private let columns: [ExportColumn]
  private let focus: FocusEncoder?
  private let isRaw: Bool
  /// Not yet taken by `take`.
  private(set) var bytes: [UInt8] = []
  var tally = ExportTally()

  /// `prices` and `statements` (by billing month) are asked for by FOCUS only.
  init(_ request: ExportRequest, prices: FocusPrices, statements: [String: String]) {
    format = request.format
    columns = ExportColumn.all(request.granularity)
    isRaw = request.isRaw
    if case .focus(let version) = request.format {
      focus = FocusEncoder(version, request.account, prices: prices, statements: statements)
    } else {
      focus = nil
    }
  }

  mutating func header() {
    guard format != .ndjson else { return }
    let names = focus?.columns.map(\.name) ?? columns.map(\.name)
    bytes += Array((names.joined(separator: ",") + "\r\n").utf8)
  }

  mutating func add(_ line: ExportLine) throws(ExportError) {
    if let focus {
      guard line.hasCost else {
        tally.leftOutRows += 1
        tally.leftOutRequests += line.unpricedRecords
        return
      }
      for row in try focus.rows(line) {
        appendCSV(focus.columns.lazy.map { ($0.value(row), $0.isText) })
        try count(row.charge.billedCost, line.currency)
      }
      return
    }
    if format == .ndjson {
      appendJSON(line)
    } else {
      appendCSV(columns.lazy.map { ($0.value(line), $0.kind == .text) })
    }
    try count(line.cost, line.hasCost ? line.currency : nil)
  }

  /// Hands over the bytes of whole lines.
  mutating func take() -> [UInt8] {
    defer { bytes.removeAll(keepingCapacity: true) }
    return bytes
  }

  private mutating func count(_ cost: Amount, _ currency: String?) throws(ExportError) {
    tally.rows += 1
    guard let currency else { return }
    guard tally.add(cost, currency) else {
      throw .refused("the sum of \(currency) is out of range: export fewer months", exitCode: .data)
    }
  }

  private mutating func appendCSV(_ cells: some Sequence<(String?, isText: Bool)>) {
    var isFirst = true
    for (cell, isText) in cells {
      if !isFirst { bytes.append(UInt8(ascii: ",")) }
      isFirst = false
      guard let cell else { continue }
      if Self.isPlain(cell) {
        bytes += cell.utf8
      } else {
        bytes += (isText && !isRaw ? CSVCell.guarded(cell) : CSVCell.quotedIfNeeded(cell)).utf8
      }
    }
    bytes += [UInt8(ascii: "\r"), UInt8(ascii: "\n")]
  }

  /// Most cells need neither quotes nor a guard.
  private static func isPlain(_ cell: String) -> Bool {
    var isFirst = true
    for byte in cell.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"):
        break
      case UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: " "):
        if isFirst { return false }
      default:
        return false
      }
      isFirst = false
    }
    return cell.utf8.last != UInt8(ascii: " ")
  }

  private mutating func appendJSON(_ line: ExportLine) {
    bytes.append(UInt8(ascii: "{"))
    for (index, column) in columns.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      let value = column.value(line)
      let text = column.kind == .number ? value ?? "null" : JSONText.string(value)
      bytes += "\"\(column.name)\":\(text)".utf8
    }
    bytes += "}\n".utf8
  }
}
