// SPDX-License-Identifier: Apache-2.0
import Files
import Records
import Sysexits

/// Reads files of records that a profile maps: one a line, or one file that is a record.
struct RecordFiles: ~Copyable {
  private var reader: LineReader

  struct Record {
    let file: String
    /// In its file, from 1; 0 when the file is the record.
    let line: Int
    let value: [UInt8]

    /// What Kafka would hand over.
    func input(_ format: LineFormat) throws(CommandError) -> InputRecord {
      guard line > 0 else { return InputRecord(value: value) }
      do throws(LineError) {
        return try InputRecordReader(format).record(of: value[...])
      } catch {
        throw CommandError(.data, "\(file): line \(line): \(error.message)")
      }
    }
  }

  init(paths: [String]) {
    reader = LineReader(paths: paths)
  }

  mutating func next() throws(CommandError) -> Record? {
    guard let line = try reader.next() else { return nil }
    switch line.content {
    case .bytes(let bytes):
      return Record(file: line.file, line: line.number, value: Array(bytes))
    case .tooLong:
      throw CommandError(
        .data,
        "\(line.file): line \(line.number) is longer than \(LineReader.lineBytesMax) bytes: a record "
          + "has at most \(ItemLimits.recordBytesMax)")
    case .noLines:
      guard line.file != "-" else {
        throw CommandError(
          .usage, "standard input holds one record and no lines: give it as a file")
      }
      return Record(file: line.file, line: 0, value: try Self.contents(line.file))
    }
  }

  /// Decompressed.
  private static func contents(_ path: String) throws(CommandError) -> [UInt8] {
    let file = try InputFile(path: path)
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let result = unsafe chunk.withUnsafeMutableBytes { buffer in
        Result { () throws(CommandError) in try unsafe file.read(into: buffer) }
      }
      let count = try result.get()
      if count == 0 { return bytes }
      bytes += chunk.prefix(count)
      guard bytes.count <= ItemLimits.recordBytesMax else {
        throw CommandError(
          .data,
          "\(path) is one record of more than \(ItemLimits.recordBytesMax) bytes, which Kafka would "
            + "not have taken either: split it")
      }
    }
  }
}
