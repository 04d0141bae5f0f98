// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Foundation
import Records

/// Decodes and encodes the accepted examples of both streams over and over, in one process, and
/// prints nanoseconds and allocations per record.
///
/// Allocations are counted by `count_allocations.c`, which `perf/allocations` loads in front of the
/// C library; without it the count is missing.
@main
enum RecordsBenchmark {
  private static let recordsMin = 100_000
  /// Rounds before the measurement, in which buffers reach their size.
  private static let warmUpRounds = 10

  static func main() throws {
    guard CommandLine.arguments.count == 2 else {
      print("usage: records-benchmark SCHEMAS_DIRECTORY")
      exit(EX_USAGE)
    }
    let schemas = URL(filePath: CommandLine.arguments[1])
    for stream in Records.Stream.all {
      try measure(stream, schemas.appending(path: "\(stream.table)/accepted.ndjson"))
    }
  }

  private static func measure(_ stream: Records.Stream, _ file: URL) throws {
    let records = try String(contentsOf: file, encoding: .utf8)
      .split(separator: "\n").map { Array($0.utf8) }
    let decoder = RecordDecoder(stream: stream)
    var buffer = CopyBuffer()
    for _ in 0..<warmUpRounds { try pass(records, decoder, &buffer) }

    let rounds = recordsMin / records.count + 1
    let callsBefore = allocationCalls()
    let start = ContinuousClock.now
    for _ in 0..<rounds { try pass(records, decoder, &buffer) }
    let elapsed = ContinuousClock.now - start
    let callsAfter = allocationCalls()

    let count = Double(rounds * records.count)
    let nanoseconds = elapsed / .nanoseconds(1) / count
    let bytes = records.map(\.count).reduce(0, +) / records.count
    let allocations =
      callsBefore.flatMap { before in callsAfter.map { Double($0 - before) / count } }
    print(
      stream.table, "\(Int(count)) records of \(bytes) bytes",
      "\(Int(nanoseconds)) ns/record",
      "\(allocations.map { String(format: "%.6f", $0) } ?? "unknown") allocations/record",
      separator: "\t")
  }

  private static func pass(
    _ records: [[UInt8]], _ decoder: RecordDecoder, _ buffer: inout CopyBuffer
  ) throws {
    let now = Timestamp(microseconds: TimeBounds.end.microseconds - 1)
    let topic: StaticString = "topic"
    buffer.removeAll()
    for index in records.indices {
      try records[index].withUnsafeBytes { payload in
        try decoder.decode(RawRecord(payload: payload), now: now)
      }
      decoder.encode(
        into: &buffer,
        provenance: Provenance(
          ingestedAt: now,
          topic: UnsafeRawBufferPointer(
            start: topic.utf8Start, count: topic.utf8CodeUnitCount),
          partition: 0, offset: Int64(index)))
    }
  }

  /// Calls of malloc and its kin in this process so far; nil when nobody counts.
  private static func allocationCalls() -> Int? {
    guard let symbol = dlsym(nil, "daybook_allocation_calls") else { return nil }
    typealias Counter = @convention(c) () -> Int
    return unsafeBitCast(symbol, to: Counter.self)()
  }
}
