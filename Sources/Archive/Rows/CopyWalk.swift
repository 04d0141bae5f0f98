// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Files

/// Walks over a COPY BINARY stream that comes in pieces of any size, counts its rows, sums up its
/// money, and checks its structure: header, field counts, lengths, nulls, bounds of the key,
/// trailer.
///
/// The bytes may be hostile: each length is checked before it is followed, and nothing is allocated
/// but for a new tenant or currency. A value that is looked at and crosses the end of a piece is
/// put together in a small buffer; all others are passed over, however long they are.
struct CopyWalk: ~Copyable {
  private enum State {
    case header
    case row
    case field
    case end
  }

  private let plan: CopyPlan
  private var state = State.header
  private var fieldIndex = 0
  /// Bytes of the current value that are still to come and are of no interest.
  private var skipped = 0
  /// The beginning of a header, a count or a value that crosses the end of a piece.
  private let carry = RawBuffer(byteCount: carryBytes)
  private var carried = 0
  /// Of the stream, before the piece that is being walked over.
  private var contentOffset: Int64 = 0

  private(set) var rowCount: Int64 = 0
  private var keyMin = Int64.max
  private var keyMax = Int64.min
  private var sums: SumTable

  static let headerBytes = 19
  /// "PGCOPY\n", 0xff, "\r\n", 0; then no flags and no extension.
  private static let header: [UInt8] =
    [0x50, 0x47, 0x43, 0x4F, 0x50, 0x59, 0x0A, 0xFF, 0x0D, 0x0A, 0]
    + [UInt8](repeating: 0, count: 8)
  private static let carryBytes = 1024

  init(_ plan: CopyPlan) {
    self.plan = plan
    sums = SumTable(hasTenants: plan.hasTenants, hasMoney: plan.hasMoney)
  }

  /// Takes the next piece of the stream.
  mutating func feed(_ bytes: UnsafeRawBufferPointer) throws(CopyError) {
    var rest = unsafe bytes
    while unsafe !rest.isEmpty {
      if skipped > 0 {
        let count = min(skipped, rest.count)
        skipped -= count
        unsafe rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        continue
      }
      let position = contentOffset + Int64(bytes.count - rest.count)
      var walked = 0
      if carried == 0 {
        walked = try unsafe walk(rest, at: position)
        unsafe rest = UnsafeRawBufferPointer(rebasing: rest[walked...])
        if skipped > 0 { continue }
      }
      try unsafe complete(&rest, at: position + Int64(walked))
    }
    contentOffset += Int64(bytes.count)
  }

  /// Rows, key range and sums, once the whole stream has been fed.
  consuming func finish() throws(CopyError) -> (
    rowCount: Int64, keyRange: ClosedRange<Timestamp>?, sums: ArchiveSums
  ) {
    guard state == .end, carried == 0, skipped == 0 else {
      throw fault("the stream ends in the middle", at: contentOffset)
    }
    let range =
      rowCount == 0
      ? nil : Timestamp(microseconds: keyMin)...Timestamp(microseconds: keyMax)
    let (rows, overflow) = (rowCount, fault("a sum does not fit 128 bits", at: contentOffset))
    guard let total = sums.finish() else { throw overflow }
    return (rows, range, total)
  }

  /// Puts together what crosses the end of a piece, byte by byte until it is whole.
  private mutating func complete(
    _ rest: inout UnsafeRawBufferPointer, at position: Int64
  ) throws(CopyError) {
    let start = position - Int64(carried)
    while let next = unsafe rest.first {
      // Longer than the longest value that is looked at, so this cannot happen; data never traps.
      guard carried < Self.carryBytes else { throw fault("a value is too long", at: start) }
      unsafe carry.bytes[carried] = next
      carried += 1
      unsafe rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst())
      let walked = try unsafe walk(
        UnsafeRawBufferPointer(rebasing: carry.bytes[..<carried]), at: start)
      guard walked == 0 else {
        carried = 0
        return
      }
    }
  }

  /// Walks as far as whole values go and returns how many bytes that were.
  private mutating func walk(
    _ bytes: UnsafeRawBufferPointer, at position: Int64
  ) throws(CopyError) -> Int {
    guard let base = bytes.baseAddress else { return 0 }
    var offset = 0
    while true {
      switch state {
      case .header:
        guard bytes.count - offset >= Self.headerBytes else { return offset }
        try unsafe checkHeader(bytes, at: position)
        offset += Self.headerBytes
        state = .row
      case .row:
        guard bytes.count - offset >= 2 else { return offset }
        try unsafe beginRow(
          Int16(bigEndian: base.loadUnaligned(fromByteOffset: offset, as: Int16.self)),
          at: position + Int64(offset))
        offset += 2
      case .field:
        offset = try unsafe walkFields(base, offset, bytes.count, position)
        if state == .field { return offset }
      case .end:
        guard offset == bytes.count else {
          throw fault("bytes follow the end of the stream", at: position + Int64(offset))
        }
        return offset
      }
    }
  }

  /// The fields of one row from `start` on, as far as they are whole; sets `skipped` when the last
  /// one is passed over and goes on in the next piece.
  private mutating func walkFields(
    _ base: UnsafeRawPointer, _ start: Int, _ count: Int, _ position: Int64
  ) throws(CopyError) -> Int {
    var offset = start
    while fieldIndex < plan.fields.count {
      guard count - offset >= 4 else { return offset }
      let length = unsafe Int32(
        bigEndian: base.loadUnaligned(fromByteOffset: offset, as: Int32.self))
      let field = plan.fields[fieldIndex]
      if length < 0 {
        guard length == -1, !field.isNotNull else {
          throw fault(
            "field \(fieldIndex + 1) is null or has no length", at: position + Int64(offset))
        }
        offset += 4
      } else {
        guard field.byteCount < 0 || length == field.byteCount, length <= field.byteCountMax else {
          throw fault(
            "field \(fieldIndex + 1) has \(length) bytes", at: position + Int64(offset))
        }
        let available = count - offset - 4
        if field.role == .other {
          if available < Int(length) {
            skipped = Int(length) - available
            fieldIndex += 1
            if fieldIndex == plan.fields.count { try endRow(at: position + Int64(offset)) }
            return count
          }
        } else {
          guard available >= Int(length) else { return offset }
          try unsafe note(
            field.role, UnsafeRawBufferPointer(start: base + offset + 4, count: Int(length)),
            at: position + Int64(offset))
        }
        offset += 4 + Int(length)
      }
      fieldIndex += 1
    }
    try endRow(at: position + Int64(offset))
    return offset
  }

  private func checkHeader(
    _ bytes: UnsafeRawBufferPointer, at position: Int64
  ) throws(CopyError) {
    guard unsafe bytes.prefix(Self.headerBytes).elementsEqual(Self.header) else {
      throw fault("the stream does not begin as COPY BINARY does", at: position)
    }
  }

  private mutating func beginRow(_ fieldCount: Int16, at position: Int64) throws(CopyError) {
    guard fieldCount != -1 else {
      state = .end
      return
    }
    rowCount += 1
    state = .field
    fieldIndex = 0
    guard Int(fieldCount) == plan.fields.count else {
      throw fault("a row has \(fieldCount) fields, not \(plan.fields.count)", at: position)
    }
    sums.beginRow()
  }

  private mutating func note(
    _ role: CopyPlan.Role, _ value: UnsafeRawBufferPointer, at position: Int64
  ) throws(CopyError) {
    switch role {
    case .other: break
    case .key: try unsafe note(key: value, at: position)
    case .tenant: unsafe sums.note(tenant: value)
    case .currency: unsafe sums.note(currency: value)
    case .money:
      guard let amount = unsafe CopyNumeric.amount(value.bytes) else {
        throw fault("an amount is not a number that can be summed up exactly", at: position)
      }
      sums.note(amount: amount)
    }
  }

  private mutating func note(
    key value: UnsafeRawBufferPointer, at position: Int64
  ) throws(CopyError) {
    guard value.count == MemoryLayout<Int64>.size else {
      throw fault("the partition key has \(value.count) bytes", at: position)
    }
    let key = unsafe Int64(bigEndian: value.loadUnaligned(as: Int64.self))
    guard key >= plan.lower.microseconds, key < plan.upper.microseconds else {
      throw fault("the partition key lies outside of the bounds", at: position)
    }
    keyMin = min(keyMin, key)
    keyMax = max(keyMax, key)
  }

  private mutating func endRow(at position: Int64) throws(CopyError) {
    if let reason = sums.endRow() { throw fault(reason, at: position) }
    state = .row
  }

  private func fault(_ reason: String, at position: Int64) -> CopyError {
    CopyError(
      contentOffset: position, row: state == .field ? rowCount : nil, reason: reason)
  }
}
