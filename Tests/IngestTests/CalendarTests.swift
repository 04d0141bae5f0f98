// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import DaybookTesting
import Foundation
import Postgres
import Testing

@testable import Ingest

/// Billing days of tenants with a time zone of their own.
struct CalendarTests {
  typealias Fixture = BatchFixture

  static let zones = [
    "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe",
    "Pacific/Kiritimati", "Pacific/Pago_Pago", "America/St_Johns", "UTC",
  ]
  private static let secondMicroseconds = Timestamp.microsecondsPerSecond

  /// Instants near the days on which clocks change, and near the ends of months.
  private static let centres = [
    "2026-03-08T07:00:00Z", "2026-03-29T01:00:00Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z",
    "2026-04-04T15:00:00Z", "2026-10-03T15:30:00Z", "2026-10-24T22:00:00Z", "2026-10-25T01:00:00Z",
    "2026-10-25T23:00:00Z", "2026-11-01T06:00:00Z", "2026-10-31T18:30:00Z", "2026-10-31T18:15:00Z",
  ]

  private func time(_ text: String) -> Timestamp {
    Array(text.utf8).withUnsafeBytes { Timestamp(rfc3339: $0) } ?? Timestamp(microseconds: 0)
  }

  /// Half of them to the microsecond at a quarter of an hour or beside it.
  private func instants(
    around centre: Timestamp, hours: Int64, count: Int, _ random: inout some RandomNumberGenerator
  ) -> [String] {
    (0..<count).map { index in
      let span = hours * 3600 * Self.secondMicroseconds
      var microseconds = centre.microseconds + Int64.random(in: -span...span, using: &random)
      if index.isMultiple(of: 2) {
        let quarter = 900 * Self.secondMicroseconds
        microseconds = microseconds / quarter * quarter + Int64.random(in: -1...1, using: &random)
      }
      return Timestamp(microseconds: microseconds).description
    }
  }

  private func make(_ months: [String], _ books: Books) throws {
    for month in months { try books.makePartition(month) }
  }

  @Test(arguments: [false, true])
  func daysAreThoseOfTheTenantsZone(isStaged: Bool) throws {
    try TestDatabase.with { database in
      let books = Books(database: database)
      try make(["2026-03-01", "2026-04-01", "2026-10-01", "2026-11-01"], books)
      for zone in Self.zones { try books.setZone(zone, of: "t-\(zone.lowercased())") }
      let fixture = try Fixture(database)
      try fixture.readReference()
      // A tenant whose zone was always UTC has no row: its days need no slot.
      #expect(fixture.reference.zoned.count == Self.zones.count - 1)
      var random = SeededNumbers()
      var id = 0
      for centre in Self.centres {
        var payloads: [String] = []
        for zone in Self.zones + ["none"] {
          for at in instants(around: time(centre), hours: 30, count: 20, &random) {
            id += 1
            payloads.append(
              Fixture.invocation(id, tenant: "t-\(zone.lowercased())", occurredAt: at))
          }
        }
        let staged = Set(payloads.indices.filter { isStaged || $0.isMultiple(of: 3) })
        _ = try fixture.write(try fixture.batch(payloads, staged: staged))
      }
      #expect(try books.differences() == nil)
      #expect(try Sums(database).problems(produced: Int64(id), accepted: Int64(id)) == [])
      #expect(try zoneMismatches(database) == "0")
    }
  }

  /// A record at each quarter of an hour: a day has as many as it is long.
  @Test(arguments: [
    ("Europe/Berlin", "2026-03-29", 92), ("Europe/Berlin", "2026-10-25", 100),
    ("America/New_York", "2026-03-08", 92), ("America/New_York", "2026-11-01", 100),
    ("Australia/Lord_Howe", "2026-04-05", 98), ("Australia/Lord_Howe", "2026-10-04", 94),
    ("Asia/Kolkata", "2026-10-25", 96), ("Asia/Kathmandu", "2026-11-01", 96),
  ])
  func aDayHasTheQuartersOfItsLength(zone: String, day: String, quarters: Int) throws {
    try TestDatabase.with { database in
      let books = Books(database: database)
      try make(["2026-03-01", "2026-04-01", "2026-10-01", "2026-11-01"], books)
      try books.setZone(zone, of: "acme")
      let fixture = try Fixture(database)
      try fixture.readReference()
      let noon = time(day + "T12:00:00Z").microseconds
      let payloads = (-144..<144).map { quarter in
        let instant = Timestamp(
          microseconds: noon + Int64(quarter) * 900 * Self.secondMicroseconds)
        return Fixture.invocation(quarter + 144, occurredAt: instant.description)
      }
      let staged = Set(payloads.indices.filter { $0.isMultiple(of: 2) })
      _ = try fixture.write(try fixture.batch(payloads, staged: staged))
      #expect(
        try database.value(
          "SELECT sum(records) || time_zone FROM costs_daily WHERE day = '\(day)' GROUP BY time_zone"
        )
          == "\(quarters)\(zone)")
      #expect(try books.differences() == nil)
    }
  }

  private func zoneMismatches(_ database: TestDatabase) throws -> String? {
    try database.value(
      """
      SELECT count(*) FROM costs_daily LEFT JOIN tenants USING (tenant_id)
      WHERE costs_daily.time_zone <> coalesce(tenants.time_zone, 'UTC')
      """)
  }

  /// A batch that was made before the zone was set is not added to the wrong days.
  @Test func aBatchOfBeforeIsRefusedAndReadAgain() throws {
    try TestDatabase.with { database in
      let books = Books(database: database)
      let fixture = try Fixture(database)
      let settings = try database.settings(.transactionPooler)
      let payloads = (0..<4).map { Fixture.invocation($0) }
      let batch = try fixture.batch(payloads)
      try books.setZone("Asia/Kolkata", of: "acme")
      let writer = RunningWriter(settings)
      defer { writer.close() }
      writer.submit(batch)
      #expect(writer.receipt().isFenced)
      #expect(try Sums(database).problems(produced: 0, accepted: 0) == [])
      #expect(
        "acme".utf8.withContiguousStorageIfAvailable { bytes in
          writer.references.current.zoned.contains(UnsafeRawBufferPointer(bytes))
        } == true)
      fixture.reference = writer.references.current
      try fixture.claim()
      // Nothing more of the claim that was fenced.
      #expect(RunningWriter.settle(try fixture.batch(payloads), settings).storedCount == 4)
      #expect(try books.differences() == nil)
      #expect(try Sums(database).problems(produced: 4, accepted: 4) == [])
    }
  }

  /// Zones are set, one after the other, beside a running ingester.
  @Test func zonesAreSetWhileRecordsCome() throws {
    try TestDatabase.with { database in
      let books = Books(database: database)
      let scene = try MockScene(database)
      let ingester = RunningIngester(try scene.settings())
      defer { ingester.requestStop() }
      var random = SeededNumbers()
      // Its 72 hours to either side are over: a record of the future waits.
      let month = Timestamp.now().month.advanced(by: -1).start
      let tenants = ["a", "b", "c"]
      var id = 0
      func produce(_ count: Int) throws {
        let times = instants(around: month, hours: 72, count: count, &random)
        try scene.produce(
          times.map { at in
            id += 1
            return Fixture.invocation(id, tenant: tenants[id % 3], occurredAt: at)
          })
      }
      for (tenant, zone) in [
        ("a", "Asia/Kathmandu"), ("b", "America/New_York"), ("a", "Australia/Lord_Howe"),
        ("a", "UTC"),
      ] {
        for _ in 0..<5 { try produce(40) }
        try books.setZone(zone, of: tenant)
        for _ in 0..<5 { try produce(40) }
        let stored = Int64(id)
        #expect(try eventually { try Sums(database).rows == stored })
      }
      ingester.requestStop()
      #expect(throws: Never.self) { try ingester.wait()?.get() }
      #expect(try books.differences() == nil)
      #expect(try Sums(database).problems(produced: Int64(id), accepted: Int64(id)) == [])
    }
  }
}

/// The same numbers in every run.
struct SeededNumbers: RandomNumberGenerator {
  private var state: UInt64 = 20_260_329

  /// splitmix64.
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
    return value ^ value >> 31
  }
}
