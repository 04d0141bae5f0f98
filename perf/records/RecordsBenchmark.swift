// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Foundation
import Generator
import Pricing
import Records

/// Decodes and encodes the accepted examples of both streams over and over, in one process, and
/// prints nanoseconds and allocations per record.
///
/// Allocations are counted by `count_allocations.c`, which `perf/allocations` loads in front of the
/// C library; without it the count is missing.
@main
enum RecordsBenchmark {
  private static let recordsMin =
    CommandLine.arguments.count > 3 ? Int(CommandLine.arguments[3]) ?? 0 : 100_000
  /// One of them, for a profiler; nil for all.
  private static let only = CommandLine.arguments.count > 2 ? CommandLine.arguments[2] : nil
  /// Rounds before the measurement, in which buffers reach their size.
  private static let warmUpRounds = 10

  static func main() throws {
    guard 2...4 ~= CommandLine.arguments.count else {
      print("usage: records-benchmark SCHEMAS_DIRECTORY [MEASUREMENT [RECORDS]]")
      exit(EX_USAGE)
    }
    let schemas = URL(filePath: CommandLine.arguments[1])
    for stream in Records.Stream.all {
      let file = schemas.appending(path: "\(stream.table)/accepted.ndjson")
      let accepted = try String(contentsOf: file, encoding: .utf8)
        .split(separator: "\n").map { Array($0.utf8) }
      measure("\(stream.table), accepted", stream, accepted)
      if stream.pricing != nil {
        measure("\(stream.table), generated", stream, generated(2_000))
        let unpriced = try accepted.map(withoutCost)
        measure("\(stream.table), without cost", stream, unpriced)
        measure("\(stream.table), priced", stream, unpriced, BenchmarkPrices.book)
      }
      if stream.table == "invocations" { try measureSpans() }
      // Without their last brace.
      measure("\(stream.table), refused", stream, accepted.map { Array($0.dropLast()) })
    }
  }

  /// The generated invocations as requests of OTLP: the time is that of one span.
  private static func measureSpans() throws {
    let profile = try ProfileShelf().profile("otlp")
    for encoding in SpanBatch.Encoding.allCases {
      for size in [1, 16, 512] {
        var batch = SpanBatch(encoding, sizes: size...size)
        var requests: [[UInt8]] = []
        for payload in generated(2_048) where batch.add(payload) {
          if batch.isFull { requests.append(batch.take()) }
        }
        measure(
          "\(encoding.rawValue), \(size) spans", .invocations, requests, profile: profile,
          items: size)
      }
    }
  }

  private static func measure(
    _ name: String, _ stream: Records.Stream, _ records: [[UInt8]], _ prices: PriceBook? = nil,
    profile: Profile? = nil, items: Int = 1
  ) {
    if let only = Self.only, only != name { return }
    let decoder = RecordDecoder(stream: stream, profile: profile)
    var buffer = CopyBuffer()
    for _ in 0..<warmUpRounds { pass(records, decoder, prices, &buffer) }

    let rounds = recordsMin / records.count / items + 1
    let callsBefore = allocationCalls()
    let start = ContinuousClock.now
    measured(rounds, records, decoder, prices, &buffer)
    let elapsed = ContinuousClock.now - start
    let callsAfter = allocationCalls()

    let count = Double(rounds * records.count * items)
    let nanoseconds = elapsed / .nanoseconds(1) / count
    let bytes = records.map(\.count).reduce(0, +) / records.count / items
    let allocations =
      callsBefore.flatMap { before in callsAfter.map { Double($0 - before) / count } }
    print(
      name, "\(Int(count)) records of \(bytes) bytes",
      "\(Int(nanoseconds)) ns/record",
      "\(allocations.map { String(format: "%.6f", $0) } ?? "unknown") allocations/record",
      separator: "\t")
  }

  /// A function of its own: `perf/check` has callgrind count the instructions in it.
  @inline(never)
  private static func measured(
    _ rounds: Int, _ records: [[UInt8]], _ decoder: RecordDecoder, _ prices: PriceBook?,
    _ buffer: inout CopyBuffer
  ) {
    for _ in 0..<rounds { pass(records, decoder, prices, &buffer) }
  }

  private static func pass(
    _ records: [[UInt8]], _ decoder: RecordDecoder, _ prices: PriceBook?,
    _ buffer: inout CopyBuffer
  ) {
    buffer.removeAll()
    for index in records.indices {
      records[index].withUnsafeBytes { store($0, offset: Int64(index), decoder, prices, &buffer) }
    }
  }

  private static func store(
    _ payload: UnsafeRawBufferPointer, offset: Int64, _ decoder: RecordDecoder,
    _ prices: PriceBook?, _ buffer: inout CopyBuffer
  ) {
    let now = Timestamp(microseconds: TimeBounds.end.microseconds - 1)
    let topic: StaticString = "topic"
    do throws(Rejection) {
      try decoder.open(RawRecord(payload: payload), now: now)
      while try decoder.next() == .accepted {
        if let prices { _ = decoder.price(with: prices) }
        decoder.encode(
          into: &buffer,
          provenance: Provenance(
            ingestedAt: now,
            topic: UnsafeRawBufferPointer(start: topic.utf8Start, count: topic.utf8CodeUnitCount),
            partition: 0, offset: offset))
      }
    } catch {
      // Refused: measured, and nothing to store.
    }
  }

  /// Records of the load that `perf/run` sends: alike, where the examples are all different.
  private static func generated(_ count: Int) -> [[UInt8]] {
    let end = Timestamp(microseconds: TimeBounds.end.microseconds - 1)
    var settings = GeneratorSettings(seed: 1, count: count, end: end)
    settings.invocationFraction = 1
    settings.formats = [(.plain, weight: 1)]
    var generator = RecordGenerator(settings)
    var records: [[UInt8]] = []
    while generator.next() != nil { records.append(generator.payload ?? []) }
    return records
  }

  /// The record without its cost, and with a model that the catalogue knows.
  private static func withoutCost(_ record: [UInt8]) throws -> [UInt8] {
    let parsed = try JSONSerialization.jsonObject(with: Data(record))
    guard var object = parsed as? [String: Any] else { throw CocoaError(.fileReadCorruptFile) }
    object["cost"] = nil
    return Array(try JSONSerialization.data(withJSONObject: object))
  }

  /// Calls of malloc and its kin in this process so far; nil when nobody counts.
  private static func allocationCalls() -> Int? {
    guard let symbol = dlsym(nil, "daybook_allocation_calls") else { return nil }
    typealias Counter = @convention(c) () -> Int
    return unsafeBitCast(symbol, to: Counter.self)()
  }
}
