// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Foundation
import Generator
import Records

/// Reads damaged records of one profile, and prints what became of their items; for `ops/fuzz`,
/// which builds it with a sanitizer.
///
/// `daybook` stands for the records of Daybook's own contract, `avro` for framed records of the
/// schemas that tests have.
@main
enum RecordsFuzz {
  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 5, let count = Int(arguments[3]), let seed = UInt64(arguments[4])
    else {
      print("usage: records-fuzz ROOT PROFILE MUTATIONS SEED")
      exit(EX_USAGE)
    }
    for family in try families(of: arguments[2], URL(filePath: arguments[1])) {
      let outcomes = read(family, count, seed)
      print(
        arguments[2], "\(count) records", "\(outcomes.rows) rows", "\(outcomes.skipped) skipped",
        "\(outcomes.refused) refused", separator: "\t")
      guard outcomes.rows > 0, outcomes.refused > 0 else {
        print("all alike: the damage reaches nothing")
        exit(EXIT_FAILURE)
      }
    }
  }

  private struct Family {
    let stream: Records.Stream
    let profile: Profile?
    let samples: [[UInt8]]
    var avro: GoldenAvro?
  }

  private static func families(of name: String, _ root: URL) throws -> [Family] {
    let schemas = root.appending(path: "schemas")
    if name == "avro" {
      let golden = try GoldenAvro(root.appending(path: "Tests/RecordsTests/Golden"))
      return [
        Family(
          stream: golden.profile.stream, profile: golden.profile, samples: golden.records,
          avro: golden)
      ]
    }
    if name == "daybook" {
      return try Stream.all.map { stream in
        let samples = try lines(schemas.appending(path: stream.table))
        return Family(stream: stream, profile: nil, samples: samples + generated(stream))
      }
    }
    let profile = try ProfileShelf().profile(name)
    let spans = profile.format == .otlp ? requests() : []
    let samples = try lines(schemas.appending(path: "profiles/\(name)"))
    return [Family(stream: profile.stream, profile: profile, samples: samples + spans)]
  }

  private static func lines(_ directory: URL) throws -> [[UInt8]] {
    try String(contentsOf: directory.appending(path: "accepted.ndjson"), encoding: .utf8)
      .split(separator: "\n").map { Array($0.utf8) }
  }

  /// In every wire format.
  private static func generated(_ stream: Records.Stream) -> [[UInt8]] {
    var settings = GeneratorSettings(seed: 5, count: 200, end: now)
    settings.invocationFraction = stream.table == "invocations" ? 1 : 0
    var generator = RecordGenerator(settings)
    var records: [[UInt8]] = []
    while generator.next() != nil { records.append(generator.payload ?? []) }
    return records
  }

  /// Of OTLP, in both encodings.
  private static func requests() -> [[UInt8]] {
    SpanBatch.Encoding.allCases.map { encoding in
      var batch = SpanBatch(encoding, sizes: 3...3)
      for payload in generated(.invocations).prefix(3) { _ = batch.add(payload) }
      return batch.take()
    }
  }

  private static func read(
    _ family: Family, _ count: Int, _ seed: UInt64
  ) -> (rows: Int, skipped: Int, refused: Int) {
    var random = SeededRandom(seed: seed)
    let damage = Damage(others: family.samples)
    let decoder = RecordDecoder(
      stream: family.stream, profile: family.profile, schemas: family.avro.map(SchemaView.init))
    var buffer = CopyBuffer()
    var outcomes = (rows: 0, skipped: 0, refused: 0)
    for _ in 0..<count {
      var bytes = family.samples.randomElement(using: &random) ?? []
      damage.apply(to: &bytes, using: &random)
      buffer.removeAll()
      // Exactly as long as the bytes: a read behind them is one that a sanitizer sees.
      let block = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
      defer { block.deallocate() }
      block.copyBytes(from: bytes)
      do throws(Rejection) {
        try decoder.open(
          RawRecord(payload: UnsafeRawBufferPointer(block), headers: decoder.emptyHeaders),
          now: now)
      } catch {
        outcomes.refused += 1
        continue
      }
      while let outcome = item(decoder, &buffer) {
        switch outcome {
        case .row: outcomes.rows += 1
        case .skipped: outcomes.skipped += 1
        case .refused: outcomes.refused += 1
        }
      }
    }
    return outcomes
  }

  private enum Outcome { case row, skipped, refused }

  /// The next item, written as the row that it is; nil behind the last one.
  private static func item(_ decoder: RecordDecoder, _ buffer: inout CopyBuffer) -> Outcome? {
    do throws(Rejection) {
      guard let outcome = try decoder.next() else { return nil }
      guard outcome == .accepted else { return .skipped }
      decoder.encode(
        into: &buffer,
        provenance: Provenance(
          ingestedAt: now, topic: UnsafeRawBufferPointer(start: nil, count: 0), partition: 0,
          offset: 0))
      return .row
    } catch {
      return .refused
    }
  }

  private static let now = Timestamp(microseconds: TimeBounds.end.microseconds - 1)
}
