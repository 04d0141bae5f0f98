// SPDX-License-Identifier: Apache-2.0

/// The share of a partition's recent items that were rejected; most records are one item.
struct RejectWindow {
  private var items = 0
  private var rejections = 0
  /// The same when the batch began.
  private var before = (items: 0, rejections: 0)

  mutating func begin() { before = (items, rejections) }

  /// The records of the batch will come again.
  mutating func rewind() { (items, rejections) = before }

  /// Counts a record; the share when the window is full.
  mutating func count(accepted: Int, rejected: Int) -> Double? {
    items += accepted + rejected
    rejections += rejected
    guard items >= IngestLimits.rejectWindowItems else { return nil }
    defer { (items, rejections) = (0, 0) }
    return Double(rejections) / Double(items)
  }
}

/// The same of the items that were written, when some of them were refused only then.
struct SettledWindow {
  private var items = 0
  private var rejections = 0
  private var late = 0

  /// Counts what was written; the share when the window is full and was not judged before.
  mutating func count(_ share: RejectShare) -> Double? {
    items += share.items
    rejections += share.rejections
    late += share.late
    guard items >= IngestLimits.rejectWindowItems else { return nil }
    defer { self = SettledWindow() }
    return late > 0 ? Double(rejections) / Double(items) : nil
  }
}
