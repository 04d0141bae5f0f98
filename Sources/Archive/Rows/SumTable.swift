// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Files

/// Rows and money per tenant and currency: a hash table of bounded size, without an allocation per
/// row.
///
/// With more pairs than `ArchiveLimits.groupsMax` it goes on per currency only: memory and manifest
/// stay bounded, and what is compared with the database is still exact.
@safe struct SumTable: ~Copyable {
  private struct Entry {
    /// Its first word in `keys`.
    let keyStart: Int
    let keyWords: Int
    var rows: Int64
    var units: Int128
  }

  private let hasMoney: Bool
  private var hasTenants: Bool
  private var entries: [Entry] = []
  /// Index of an entry, or -1; twice as many as there can be entries.
  private var slots = [Int32](repeating: -1, count: 2 * ArchiveLimits.groupsMax)
  private var keys: [UInt64] = []
  /// The key of the current row: lengths of tenant and currency, the currency, the tenant, each
  /// filled up with zeros to whole words.
  private let key: UnsafeMutableRawBufferPointer
  private let keyOwner: RawBuffer
  private var units: Int128 = 0
  /// Nobody who writes a file can know it, and so make all keys meet in one slot.
  private let seed = UInt64.random(in: .min ... .max)

  private static let currencyStart = 8
  private static let tenantStart = currencyStart + ArchiveLimits.currencyBytesMax
  private static let isNull: UInt8 = 0xFF

  init(hasTenants: Bool, hasMoney: Bool) {
    self.hasTenants = hasTenants
    self.hasMoney = hasMoney
    keyOwner = RawBuffer(byteCount: Self.tenantStart + ArchiveLimits.tenantBytesMax)
    unsafe key = keyOwner.bytes
    unsafe key.initializeMemory(as: UInt8.self, repeating: 0)
  }

  mutating func beginRow() {
    unsafe key.storeBytes(of: 0, as: UInt64.self)
    unsafe key[2] = Self.isNull
    unsafe key.storeBytes(of: 0, toByteOffset: 8, as: UInt64.self)
    unsafe key.storeBytes(of: 0, toByteOffset: 16, as: UInt64.self)
    units = 0
  }

  /// At most `ArchiveLimits.tenantBytesMax`.
  mutating func note(tenant: UnsafeRawBufferPointer) {
    guard hasTenants, unsafe !tenant.isEmpty else { return }
    unsafe key.storeBytes(of: UInt16(tenant.count), as: UInt16.self)
    let last = Self.tenantStart + (tenant.count - 1) / 8 * 8
    unsafe key.storeBytes(of: 0, toByteOffset: last, as: UInt64.self)
    unsafe UnsafeMutableRawBufferPointer(rebasing: key[Self.tenantStart...]).copyMemory(
      from: tenant)
  }

  /// At most `ArchiveLimits.currencyBytesMax`.
  mutating func note(currency: UnsafeRawBufferPointer) {
    unsafe key[2] = UInt8(currency.count)
    unsafe UnsafeMutableRawBufferPointer(rebasing: key[Self.currencyStart...]).copyMemory(
      from: currency)
  }

  mutating func note(amount: Amount) { units = amount.units }

  /// Adds the row; the reason why it cannot, or nil.
  mutating func endRow() -> String? {
    add(rows: 1, units: units)
  }

  /// Nil when a sum does not fit 128 bits.
  consuming func finish() -> ArchiveSums? {
    var groups: [ArchiveSums.Group] = []
    var totals: [String?: ArchiveSums.Total] = [:]
    for entry in entries {
      let (tenant, currency) = names(entry)
      let part = ArchiveSums.Total(
        currency: currency, rows: entry.rows, cost: hasMoney ? Amount(units: entry.units) : nil)
      groups.append(ArchiveSums.Group(tenant: tenant, total: part))
      var total =
        totals[currency]
        ?? ArchiveSums.Total(currency: currency, rows: 0, cost: hasMoney ? .zero : nil)
      let (sum, overflow) = (total.cost?.units ?? 0).addingReportingOverflow(entry.units)
      guard !overflow else { return nil }
      total.rows += part.rows
      if hasMoney { total.cost = Amount(units: sum) }
      totals[currency] = total
    }
    return ArchiveSums(
      totals: totals.values.sorted { Self.isBefore($0.currency, $1.currency) },
      groups: hasTenants ? groups.sorted(by: Self.isBefore) : nil)
  }

  private static func isBefore(_ left: ArchiveSums.Group, _ right: ArchiveSums.Group) -> Bool {
    left.tenant == right.tenant
      ? isBefore(left.total.currency, right.total.currency)
      : left.tenant.utf8.lexicographicallyPrecedes(right.tenant.utf8)
  }

  private static func isBefore(_ left: String?, _ right: String?) -> Bool {
    guard let right else { return false }
    return left.map { $0.utf8.lexicographicallyPrecedes(right.utf8) } ?? true
  }

  private mutating func add(rows: Int64, units: Int128) -> String? {
    let words = keyWords
    var slot = Int(truncatingIfNeeded: hash(words) & UInt64(slots.count - 1))
    while slots[slot] >= 0 {
      let index = Int(slots[slot])
      if matches(index, words) {
        let (sum, overflow) = entries[index].units.addingReportingOverflow(units)
        guard !overflow else { return "a sum does not fit 128 bits" }
        entries[index].rows += rows
        entries[index].units = sum
        return nil
      }
      slot = (slot + 1) & (slots.count - 1)
    }
    guard entries.count < ArchiveLimits.groupsMax else {
      guard hasTenants else { return "there are too many currencies to sum up by" }
      return dropTenants() ?? add(rows: rows, units: units)
    }
    slots[slot] = Int32(entries.count)
    let entry = Entry(keyStart: keys.count, keyWords: words, rows: rows, units: units)
    for word in 0..<words {
      unsafe keys.append(key.load(fromByteOffset: 8 * word, as: UInt64.self))
    }
    entries.append(entry)
    return isText(entry) ? nil : "a tenant or currency is not UTF-8"
  }

  /// Goes on with sums per currency, the current row included.
  private mutating func dropTenants() -> String? {
    let pairs = entries
    let words = keys
    let current = unsafe Array(key)
    hasTenants = false
    entries = []
    keys = []
    slots = [Int32](repeating: -1, count: slots.count)
    for pair in pairs {
      for word in 0..<Self.tenantStart / 8 {
        unsafe key.storeBytes(
          of: words[pair.keyStart + word], toByteOffset: 8 * word, as: UInt64.self)
      }
      unsafe key.storeBytes(of: 0, as: UInt16.self)
      if let reason = add(rows: pair.rows, units: pair.units) { return reason }
    }
    unsafe key.copyBytes(from: current)
    unsafe key.storeBytes(of: 0, as: UInt16.self)
    return nil
  }

  // MARK: keys

  private var keyWords: Int {
    unsafe (Self.tenantStart + Int(key.load(as: UInt16.self)) + 7) / 8
  }

  private func hash(_ words: Int) -> UInt64 {
    var hash = seed
    for index in 0..<words {
      let word = unsafe key.load(fromByteOffset: 8 * index, as: UInt64.self)
      let product = (hash ^ word).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
      hash = product.high ^ product.low
    }
    return hash
  }

  private func matches(_ index: Int, _ words: Int) -> Bool {
    let entry = entries[index]
    guard entry.keyWords == words else { return false }
    for word in 0..<words
    where unsafe keys[entry.keyStart + word] != key.load(fromByteOffset: 8 * word, as: UInt64.self)
    {
      return false
    }
    return true
  }

  private func isText(_ entry: Entry) -> Bool {
    let (tenant, currency) = bytes(entry)
    return String(validating: tenant, as: UTF8.self) != nil
      && currency.map { String(validating: $0, as: UTF8.self) != nil } ?? true
  }

  private func names(_ entry: Entry) -> (tenant: String, currency: String?) {
    let (tenant, currency) = bytes(entry)
    return (
      String(decoding: tenant, as: UTF8.self),
      currency.map { String(decoding: $0, as: UTF8.self) }
    )
  }

  private func bytes(_ entry: Entry) -> (tenant: [UInt8], currency: [UInt8]?) {
    unsafe keys[entry.keyStart..<entry.keyStart + entry.keyWords].withUnsafeBytes { bytes in
      let tenantCount = unsafe Int(bytes.loadUnaligned(as: UInt16.self))
      let tenant = unsafe Array(bytes[Self.tenantStart..<Self.tenantStart + tenantCount])
      guard unsafe bytes[2] != Self.isNull else { return (tenant, nil) }
      return unsafe (tenant, Array(bytes[Self.currencyStart..<Self.currencyStart + Int(bytes[2])]))
    }
  }
}
