// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Files
import Testing

@testable import Archive

/// The walk over COPY BINARY, in pieces of any size and over bytes that are not as they should be.
@Suite struct CopyWalkTests {
  private func walk(
    _ bytes: [UInt8], pieces: Int = .max, plan: CopyPlan? = nil
  ) throws -> ContentCheck.Result {
    var check = ContentCheck(try plan ?? Sample.plan())
    var offset = 0
    while offset < bytes.count {
      let count = min(pieces, bytes.count - offset)
      var failure: CopyError?
      bytes[offset..<offset + count].withUnsafeBytes { piece in
        do throws(CopyError) { try check.feed(piece) } catch { failure = error }
      }
      if let failure { throw failure }
      offset += count
    }
    return try check.finish()
  }

  @Test func piecesOfAnySizeGiveTheSame() throws {
    let stream = Sample.stream(rows: 300)
    let whole = try walk(stream)
    #expect(whole.rowCount == 300)
    for pieces in [1, 2, 3, 5, 19, 64, 1000] {
      #expect(try walk(stream, pieces: pieces) == whole)
    }
  }

  @Test func sumsAreExact() throws {
    let found = try walk(Sample.stream(rows: 1000))
    var expected: [String?: (rows: Int64, units: Int128)] = [:]
    for row in 0..<1000 {
      let currency: String? = row % 7 == 0 ? nil : row % 3 == 0 ? "EUR" : "USD"
      expected[currency, default: (0, 0)].rows += 1
      if row % 7 != 0 {
        expected[currency, default: (0, 0)].units += Int128(row) * 1_234_567 - 1_000_000
      }
    }
    #expect(found.sums.totals.map(\.currency) == [nil, "EUR", "USD"])
    for total in found.sums.totals {
      #expect(total.rows == expected[total.currency]?.rows)
      #expect(total.cost?.units == expected[total.currency]?.units)
    }
    #expect(found.sums.groups?.count == 15)
    #expect(found.keyRange?.lowerBound == Sample.lower)
  }

  @Test func withoutRows() throws {
    let found = try walk(Sample.stream(rows: 0))
    #expect(found.rowCount == 0)
    #expect(found.keyRange == nil)
    #expect(found.sums == ArchiveSums(totals: [], groups: []))
  }

  @Test func moreTenantsThanTheLimitAreSummedPerCurrency() throws {
    let rows = ArchiveLimits.groupsMax + 1000
    let few = try walk(Sample.stream(rows: rows))
    let many = try walk(Sample.stream(rows: rows, tenants: rows))
    #expect(many.sums.groups == nil)
    #expect(many.sums.totals == few.sums.totals)
  }

  @Test func aSumThatDoesNotFitIsAFault() throws {
    var buffer = CopyBuffer()
    buffer.beginFile()
    for row in 0..<2 {
      buffer.beginRow(fieldCount: Int16(Sample.columns.count))
      buffer.append(int64: Int64(row))
      buffer.append(timestamp: Sample.lower)
      buffer.append(text: "t")
      buffer.append(amount: Amount(units: .max))
      buffer.append(text: "USD")
      buffer.appendNull()
    }
    buffer.endFile()
    let fault = #expect(throws: CopyError.self) { try walk(Array(buffer.bytes)) }
    #expect(fault?.row == 2)
  }

  @Test func aRowOutsideOfTheBoundsIsAFault() throws {
    let plan = try CopyPlan(
      columns: Sample.columns, key: "occurred_at", lower: Sample.lower,
      upper: Timestamp(microseconds: Sample.lower.microseconds + 5_000_000))
    let fault = #expect(throws: CopyError.self) { try walk(Sample.stream(rows: 9), plan: plan) }
    #expect(fault?.row == 6)
  }

  /// With two columns of one name the role of the key would fall on the wrong one.
  @Test func aNameStandsForOneColumn() {
    let twin = ArchiveColumn(name: "occurred_at", type: "text", isNotNull: true)
    for columns in [Sample.columns + [twin], [twin] + Sample.columns, [twin]] {
      let error = #expect(throws: FileError.self) {
        try CopyPlan(
          columns: columns, key: "occurred_at", lower: Sample.lower, upper: Sample.upper)
      }
      #expect(error?.kind == .unsupported)
    }
  }

  @Test(arguments: [
    ("currency", "character(3)", CopyPlan.Role.currency), ("currency", "text", .currency),
    ("currency", "character varying(3)", .currency), ("currency", "character varying", .currency),
    ("currency", "character varying(3)[]", .other), ("currency", "bytea", .other),
    ("cost", "numeric", .money), ("cost", "numeric(24,12)", .money),
    ("cost", "numeric(24,12)[]", .other), ("cost", "numeric[]", .other),
    ("tenant_id", "text[]", .other),
  ])
  func roles(name: String, type: String, role: CopyPlan.Role) {
    let column = ArchiveColumn(name: name, type: type, isNotNull: true)
    #expect(CopyPlan.role(of: column, key: "occurred_at") == role)
  }

  /// Only the digests find a changed value, but no bytes may trap, loop or allocate without bound.
  @Test func changedBytesNeverTrap() throws {
    let stream = Sample.stream(rows: 40)
    var random = Random(state: 7)
    for _ in 0..<5000 {
      var bytes = stream
      for _ in 0...Int.random(in: 0..<4, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8(
          truncatingIfNeeded: random.next())
      }
      if random.next() % 4 == 0 {
        bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random))
      }
      let pieces = Int.random(in: 1...700, using: &random)
      let whole = try? walk(bytes)
      let inPieces = try? walk(bytes, pieces: pieces)
      #expect(whole == inPieces)
    }
  }

  @Test func truncatedStreamsAreFaults() throws {
    let stream = Sample.stream(rows: 5)
    for count in 0..<stream.count {
      #expect(throws: CopyError.self) { try walk(Array(stream[..<count])) }
      #expect(throws: CopyError.self) { try walk(Array(stream[..<count]), pieces: 7) }
    }
    #expect(throws: CopyError.self) { try walk(stream + [0]) }
  }
}
