// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Files
import Testing

@testable import Archive

/// Rows as JSON: bounded memory, and hexadecimal for what has no other form.
@Suite struct RowPrinterTests {
  private struct Printed {
    var text = ""
    var handedOverMax = 0
  }

  private func print(_ type: String, _ value: [UInt8], rows: Int = 1) throws -> Printed {
    var printed = Printed()
    try Sample.withDirectory { directory in
      var manifest = try Sample.archive(Sample.stream(rows: 0), in: directory)
      manifest.columns = [ArchiveColumn(name: "v", type: type, isNotNull: true)]
      var buffer = CopyBuffer()
      buffer.beginFile()
      for _ in 0..<rows {
        buffer.beginRow(fieldCount: 1)
        value.withUnsafeBytes { buffer.append(text: $0) }
      }
      buffer.endFile()
      let stream = Array(buffer.bytes)
      var printer = RowPrinter(manifest)
      var failure: FileError?
      stream.withUnsafeBytes { content in
        do throws(FileError) {
          try printer.print(content) { (lines) throws(FileError) in
            printed.handedOverMax = max(printed.handedOverMax, lines.count)
            printed.text += String(decoding: lines, as: UTF8.self)
          }
        } catch {
          failure = error
        }
      }
      if let failure { throw failure }
    }
    return printed
  }

  private func numeric(weight: Int16) -> [UInt8] {
    let words = [1, UInt16(bitPattern: weight), 0, 0, 1]
    return words.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
  }

  @Test func arraysAreNotTheirElements() throws {
    #expect(try print("character varying(3)", Array("EUR".utf8)).text == "{\"v\":\"EUR\"}\n")
    for type in ["character varying[]", "character(3)[]", "numeric[]"] {
      #expect(try print(type, Array("EUR".utf8)).text == "{\"v\":\"\\\\x455552\"}\n")
    }
  }

  @Test func aNumberOfTooManyDigitsIsHexadecimal() throws {
    let most = Int16(NumericText.digitsMax / 4 - 1)
    let text = try print("numeric", numeric(weight: most)).text
    #expect(text == "{\"v\":\"1" + String(repeating: "0", count: 4 * Int(most)) + "\"}\n")
    #expect(try print("numeric", numeric(weight: most + 1)).text.hasPrefix("{\"v\":\"\\\\x0001"))
  }

  @Test func linesAreHandedOverInParts() throws {
    let number = numeric(weight: Int16(NumericText.digitsMax / 4 - 1))
    let printed = try print("numeric", number, rows: 1000)
    #expect(printed.text.utf8.count > 10 << 20)
    #expect(printed.handedOverMax < 2 << 20)
  }
}
