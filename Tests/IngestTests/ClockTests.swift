// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import DaybookTesting
import Kafka
import Synchronization
import Telemetry
import Testing

@testable import Ingest

/// The server's clock decides what is too new, whatever the host's says.
struct ClockTests {
  static let second: Int64 = 1_000_000

  /// A host whose wall clock is set, and a monotonic clock that goes on.
  final class Host: Sendable {
    private let offset = Mutex<Int64>(0)

    func set(secondsAhead: Int64) { offset.withLock { $0 = secondsAhead * ClockTests.second } }

    var now: Timestamp {
      Timestamp(microseconds: Timestamp.now().microseconds + offset.withLock { $0 })
    }

    var clock: ServerClock { ServerClock(host: { self.now }) }
  }

  @Test func aJumpOfTheHostIsSeenAndMovesNothing() {
    let host = Mutex<Int64>(1_000 * Self.second)
    let clock = ServerClock(
      host: { Timestamp(microseconds: host.withLock { $0 }) }, monotonic: { 7 * Self.second })
    #expect(clock.reading == ClockReading(now: clock.reading.host, hostAhead: 0))
    clock.adopt(
      ClockSample(
        server: Timestamp(microseconds: 1_000 * Self.second), sentAt: 7 * Self.second,
        receivedAt: 7 * Self.second))
    for jump in [0, -3_600, 3_456_000] {
      host.withLock { $0 = (1_000 + Int64(jump)) * Self.second }
      #expect(clock.reading.now.microseconds == 1_000 * Self.second)
      #expect(clock.reading.hostAhead == Int64(jump) * Self.second)
      #expect(clock.reading.isContradictory == (jump != 0))
    }
  }

  @Test(arguments: [
    // A slow answer whose interval holds the better one is not believed.
    (offset: 0, uncertainty: 10, after: 1, isReplaced: false),
    (offset: 3, uncertainty: 1, after: 1, isReplaced: true),
    // In 10,000 s the old one has become worse than that.
    (offset: 0, uncertainty: 4, after: 10_000, isReplaced: true),
    // It says something else: the server's clock was set, or it is another server.
    (offset: 100, uncertainty: 10, after: 1, isReplaced: true),
    (offset: -100, uncertainty: 10, after: 1, isReplaced: true),
  ])
  func theBetterMeasurementStays(
    offset: Int64, uncertainty: Int64, after: Int64, isReplaced: Bool
  ) {
    func sample(_ offset: Int64, _ uncertainty: Int64, at: Int64) -> ClockSample {
      ClockSample(
        server: Timestamp(microseconds: (at + offset - uncertainty) * Self.second),
        sentAt: (at - 2 * uncertainty) * Self.second, receivedAt: at * Self.second)
    }
    let known = sample(0, 2, at: 0)
    #expect(known.offset == 0)
    #expect(known.isReplaced(by: sample(offset, uncertainty, at: after)) == isReplaced)
  }

  /// Of what only one of two clocks calls too new nobody knows which is right: it waits.
  @Test func aHostThatIsSetBackAndForthRefusesNothingAndAdmitsNothing() throws {
    try TestDatabase.with { database in
      let scene = try MockScene(database)
      let host = Host()
      let health = Health()
      host.set(secondsAhead: -3_600)
      var settings = try scene.settings()
      settings.clock = host.clock
      let ingester = RunningIngester(settings, health: health)
      let now = Timestamp.now().description
      func rows() throws -> String? {
        try database.value(
          """
          SELECT (SELECT count(*) FROM invocations) || ' stored '
            || (SELECT count(*) FROM rejected_records) || ' refused'
          """)
      }
      func offsets() throws -> String? {
        try database.value("SELECT sum(next_offset) FROM ingest_offsets")
      }
      try scene.produce((0..<20).map { BatchFixture.invocation($0, occurredAt: now) })
      #expect(try eventually { try rows() == "20 stored 0 refused" })
      #expect(health.report(all: false).contains("[-]clock failed"))

      host.set(secondsAhead: 3_456_000)
      try scene.produce((20..<40).map { BatchFixture.invocation($0, occurredAt: now) })
      #expect(try eventually { try rows() == "40 stored 0 refused" })
      let tomorrow = Timestamp(microseconds: Timestamp.now().microseconds + 86_400 * Self.second)
      try scene.produce([BatchFixture.invocation(40, occurredAt: tomorrow.description)])
      #expect(try !eventually(seconds: 3) { try rows() != "40 stored 0 refused" })
      #expect(try offsets() == "40")
      #expect(!health.isReady)

      host.set(secondsAhead: 0)
      #expect(try eventually { try rows() == "40 stored 1 refused" })
      #expect(
        try database.value("SELECT string_agg(reason, ' ') FROM rejected_records") == "too_new")
      let isNear =
        "bool_and(abs(extract(epoch FROM clock_timestamp() - ingested_at)) < 60) FROM invocations"
      #expect(try database.value("SELECT \(isNear)") == "t")
      #expect(eventually { health.isReady })
      ingester.requestStop()
      #expect(throws: Never.self) { try ingester.wait()?.get() }
    }
  }

  /// The first record after the claim waits; nothing of it is in a batch, and the other partition
  /// goes on.
  @Test func aRecordThatWaitsHoldsUpItsOwnPartitionOnly() throws {
    try TestDatabase.with { database in
      let scene = try MockScene(database)
      let host = Host()
      host.set(secondsAhead: 3_456_000)
      var settings = try scene.settings()
      settings.clock = host.clock
      let tomorrow = Timestamp(microseconds: Timestamp.now().microseconds + 86_400 * Self.second)
      try scene.produce([BatchFixture.invocation(0, occurredAt: tomorrow.description)])
      let ingester = RunningIngester(settings)
      let epochs = "SELECT sum(epoch) FROM ingest_offsets"
      #expect(try eventually { try database.value(epochs) == "2" })
      for round in 1...3 {
        for id in round * 10..<round * 10 + 10 {
          try scene.producer.produce(
            topic: "events", partition: 1, value: Array(BatchFixture.invocation(id).utf8))
        }
        try scene.producer.flush(timeoutMilliseconds: 30_000)
        #expect(try eventually { try Sums(database).rows == round * 10 })
      }
      #expect(try database.value(epochs) == "2", "the session goes on")
      #expect(try database.value("SELECT count(*) FROM rejected_records") == "0")
      host.set(secondsAhead: 0)
      #expect(try eventually(seconds: 15) { try Sums(database).rejected == 1 })
      ingester.requestStop()
      #expect(throws: Never.self) { try ingester.wait()?.get() }
      #expect(try Sums(database).problems(produced: 31, accepted: 30, cost: "7.5") == [])
    }
  }
}
