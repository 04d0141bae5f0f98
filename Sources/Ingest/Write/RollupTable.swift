// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Glibc
import Records

/// Cost deltas of a batch, added up by rollup key before they go to the database.
///
/// An open-addressing table whose keys are the COPY fields of ``Rollup/keyColumns``, in one
/// arena. Storage is kept between batches: nothing is allocated for a record in the steady state.
struct RollupTable: ~Copyable {
  private struct Entry {
    var hash: UInt64
    var keyStart: Int
    var keyCount: Int
    var measures: RollupMeasures
  }

  private var keys = CopyBuffer(capacity: 64 << 10)
  private var entries: [Entry] = []
  /// Index into `entries` plus 1; 0 is free. The count is a power of two.
  private var slots: [Int32] = Array(repeating: 0, count: 4096)

  var count: Int { entries.count }

  mutating func removeAll() {
    keys.removeAll()
    entries.removeAll(keepingCapacity: true)
    for index in slots.indices { slots[index] = 0 }
  }

  /// False when a sum would overflow; the record is then not added.
  mutating func add(_ decoder: RecordDecoder, isZoned: Bool) -> Bool {
    let start = keys.count
    decoder.appendRollupKey(to: &keys, isZoned: isZoned)
    let keyCount = keys.count - start
    let hash = Self.hash(keys.bytes, start, keyCount)
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] != 0 {
      let index = Int(slots[slot] - 1)
      if entries[index].hash == hash, equal(entries[index], start, keyCount) {
        keys.truncate(to: start)
        return entries[index].measures.add(decoder.rollup)
      }
      slot = (slot + 1) & (slots.count - 1)
    }
    entries.append(
      Entry(hash: hash, keyStart: start, keyCount: keyCount, measures: decoder.rollup))
    slots[slot] = Int32(entries.count)
    if entries.count * 2 > slots.count { rehash() }
    return true
  }

  /// Appends one COPY tuple for each key, in their order: the key fields, then
  /// ``Rollup/measureColumns``.
  func encode(into buffer: inout CopyBuffer) {
    let fieldCount = Int16(Rollup.keyColumns.count + Rollup.measureColumns.count)
    let order = RollupOrder(count: entries.count) { key(of: entries[$0]) }
    for index in order.entries {
      let entry = entries[index]
      buffer.beginRow(fieldCount: fieldCount)
      buffer.append(bytes: key(of: entry))
      let measures = entry.measures
      for value in [
        measures.records, measures.failedRecords, measures.unpricedRecords,
        measures.inputTokens, measures.outputTokens, measures.cacheReadInputTokens,
        measures.cacheCreationInputTokens, measures.reasoningOutputTokens,
        measures.estimatedRecords,
      ] { buffer.append(int64: value) }
      buffer.append(amount: Amount(units: measures.cost))
      buffer.append(amount: Amount(units: measures.estimatedCost))
    }
  }

  private func key(of entry: Entry) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: keys.bytes[entry.keyStart..<entry.keyStart + entry.keyCount])
  }

  private func equal(_ entry: Entry, _ start: Int, _ keyCount: Int) -> Bool {
    guard entry.keyCount == keyCount, let bytes = keys.bytes.baseAddress else { return false }
    return memcmp(bytes + entry.keyStart, bytes + start, keyCount) == 0
  }

  private mutating func rehash() {
    slots = Array(repeating: 0, count: slots.count * 2)
    for (index, entry) in entries.enumerated() {
      var slot = Int(truncatingIfNeeded: entry.hash) & (slots.count - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = Int32(index + 1)
    }
  }

  /// Multiply and fold, eight bytes at a time: the keys come from producers, but a collision only
  /// costs a comparison, and the table is thrown away with the batch.
  private static func hash(
    _ bytes: UnsafeRawBufferPointer, _ start: Int, _ count: Int
  ) -> UInt64 {
    var hash: UInt64 = 0x9e37_79b9_7f4a_7c15 ^ UInt64(count)
    var index = start
    let end = start + count
    while index + 8 <= end {
      hash = mix(hash ^ bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
      index += 8
    }
    guard index < end else { return hash }
    // The last eight bytes once more: a key is longer than these.
    return mix(hash ^ bytes.loadUnaligned(fromByteOffset: end - 8, as: UInt64.self))
  }

  private static func mix(_ value: UInt64) -> UInt64 {
    let product = value.multipliedFullWidth(by: 0xd6e8_feb8_6659_fd93)
    return product.high ^ product.low
  }
}

extension RollupMeasures {
  /// Adds exactly; false, and no change, when a sum does not fit.
  fileprivate mutating func add(_ other: RollupMeasures) -> Bool {
    var sum = self
    guard Self.add(&sum.records, other.records),
      Self.add(&sum.failedRecords, other.failedRecords),
      Self.add(&sum.unpricedRecords, other.unpricedRecords),
      Self.add(&sum.inputTokens, other.inputTokens),
      Self.add(&sum.outputTokens, other.outputTokens),
      Self.add(&sum.cacheReadInputTokens, other.cacheReadInputTokens),
      Self.add(&sum.cacheCreationInputTokens, other.cacheCreationInputTokens),
      Self.add(&sum.reasoningOutputTokens, other.reasoningOutputTokens),
      Self.add(&sum.estimatedRecords, other.estimatedRecords),
      Self.add(&sum.cost, other.cost),
      Self.add(&sum.estimatedCost, other.estimatedCost)
    else { return false }
    self = sum
    return true
  }

  private static func add<Value: FixedWidthInteger>(_ sum: inout Value, _ value: Value) -> Bool {
    let (result, overflow) = sum.addingReportingOverflow(value)
    sum = result
    return !overflow
  }
}
