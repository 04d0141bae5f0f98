// SPDX-License-Identifier: Apache-2.0
import JSON
import Records

/// What a file is that does not hold a record a line, by its beginning.
enum FileFormat: Equatable {
  case records(Format)
  case parquet, zip, bzip2, xz, lz4
  /// One value over several lines: an array, or an object with indentation.
  case document
  /// One value with the frame of a schema registry, and no JSON behind it.
  case framed

  /// Bytes that are looked at.
  static let beginningBytesMax = 1 << 16

  private static let magics: [(bytes: [UInt8], format: FileFormat)] = [
    (Array("PAR1".utf8), .parquet), ([0x50, 0x4b, 0x03, 0x04], .zip), (Array("BZh".utf8), .bzip2),
    ([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], .xz), ([0x04, 0x22, 0x4d, 0x18], .lz4),
  ]

  init?(_ beginning: UnsafeRawBufferPointer) {
    if let format = unsafe Format(beginning) {
      self = .records(format)
    } else if let known = Self.magics.first(where: { unsafe beginning.starts(with: $0.bytes) }) {
      self = known.format
    } else if unsafe Self.isFramed(beginning) {
      self = .framed
    } else if unsafe Self.isDocument(beginning) {
      self = .document
    } else {
      return nil
    }
  }

  /// Behind 0 and an id of four bytes.
  private static func isFramed(_ bytes: UnsafeRawBufferPointer) -> Bool {
    unsafe bytes.count > 5 && bytes[0] == 0 && bytes[5] != UInt8(ascii: "{")
  }

  /// Whether the first line is the beginning of a value only.
  private static func isDocument(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0d }
    let text = unsafe bytes.drop { isSpace($0) || $0 == 0x0a }
    guard let end = unsafe text.firstIndex(of: UInt8(ascii: "\n")) else { return false }
    var line = unsafe text[..<end]
    while let last = unsafe line.last, isSpace(last) { unsafe line.removeLast() }
    switch unsafe line.first {
    case UInt8(ascii: "{"): return unsafe line.count == 1
    // A record is no array; one that ends in its line is refused as what it is.
    case UInt8(ascii: "["):
      return unsafe (try? JSONParser().parse(UnsafeRawBufferPointer(rebasing: line))) == nil
    default: return false
    }
  }

  /// What it is, and how it becomes lines.
  var advice: String {
    switch self {
    case .records(.gzip): "gzip inside of another compression: decompress it (gzip -d)"
    case .records(.zstd): "zstd inside of another compression: decompress it (zstd -d)"
    case .records(.utf16): "UTF-16 text: convert it (iconv -f UTF-16 -t UTF-8)"
    case .records(.avro): "an Avro file: convert it (avro-tools tojson)"
    case .records(.otlpSpans):
      "a request of OTLP with spans, in Protobuf: write one JSON record a line for each call"
    case .records(.otlpLogs):
      "a request of OTLP with log records, in Protobuf: write one JSON record a line for each event"
    case .records(.otlpMetrics):
      "a request of OTLP with metrics, in Protobuf: write one JSON record a line for each call"
    case .parquet: "a Parquet file: convert it (duckdb: COPY … TO … (FORMAT json))"
    case .zip: "a ZIP archive: unpack it (unzip)"
    case .bzip2:
      "compressed with bzip2: decompress it (bzip2 -d), gzip and zstd are read as they are"
    case .xz: "compressed with xz: decompress it (xz -d), gzip and zstd are read as they are"
    case .lz4: "compressed with lz4: decompress it (lz4 -d), gzip and zstd are read as they are"
    case .framed:
      "one record with the frame of a schema registry: read it by --profile, with "
        + "--schema-registry or --schema-dir"
    case .document: "one JSON value over several lines: write each record in one line (jq -c)"
    }
  }
}
